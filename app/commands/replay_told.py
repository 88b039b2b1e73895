"""What `threadline replay` prints: verdicts rule by rule, and what a draft would have decided otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.terminal import inert
from ticketing.resolution.record import verdict_as_json
from ticketing.resolution.replay import JudgedAgain
from ticketing.resolution.trial import Trial
from ticketing.resolution.verdict import PolicyVerdict


def tell_run(run_id: UUID, judged: Sequence[JudgedAgain]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not judged:
        console.print(f"Run {run_id} came to no decision of policy: there is nothing to judge again.")
        return
    for each in judged:
        _tell_decision(console, each)
    others = sum(not each.is_same for each in judged)
    words = "decision" if len(judged) == 1 else "decisions"
    if others:
        console.print(Text(f"NOT THE SAME: {others} of {len(judged)} {words}.", style="bold red"))
    else:
        console.print(f"{len(judged)} {words} judged again from the record: the same, rule by rule.")


def _tell_decision(console: Console, judged: JudgedAgain) -> None:
    head = f"Step {judged.place}, {inert(judged.action)}, {judged.at:%Y-%m-%d %H:%M:%S} UTC"
    if judged.broken or judged.recorded is None or judged.again is None:
        console.print(Text(f"{head}: {inert(judged.broken)}", style="red"))
        return
    console.print(Text(f"{head}: {_ruling(judged.recorded)}", style="bold"))
    again = {each.rule: each.held for each in judged.again.rules}
    for rule in judged.recorded.rules:
        mark = "held" if rule.held else "failed"
        console.print(Text(f"  {mark:<7}{inert(rule.rule)}: {inert(rule.because)}", "" if rule.held else "yellow"))
        again.pop(rule.rule, None)
    for different in judged.differences:
        was, now = inert(different.recorded), inert(different.again)
        console.print(Text(f"  otherwise now: {inert(different.what)}: recorded {was}, again {now}", style="red"))


def _ruling(verdict: PolicyVerdict) -> str:
    amount = f", {_sum(verdict.amount, verdict.arguments.get('currency'))}" if verdict.amount is not None else ""
    return f"{verdict.ruling.value.replace('_', ' ')}{amount}. {inert(verdict.because)}"


def tell_draft(trial: Trial) -> None:
    console = Console(highlight=False, soft_wrap=True)
    runs = "run" if trial.runs == 1 else "runs"
    console.print(
        f"{trial.runs:,} {runs}, of which {trial.decisions:,} came to a decision; "
        f"{trial.same:,} would have come out the same."
    )
    if trial.flips:
        console.print(_flips(trial), soft_wrap=False)
    _tell_money(console, "Would have gone out without a person", trial.more_out)
    _tell_money(console, "Would not have gone out without a person", trial.less_out)
    for each in trial.unsaid:
        console.print(Text(f"{each.times:,} cannot be said: {inert(each.why)} {_numbers(each.examples, each.times)}"))
    if trial.flips:
        console.print("Each decision is taken by itself: the caps of later ones see what was done, not what would be.")


def _flips(trial: Trial) -> Table:
    table = Table("Otherwise", "Times", "Amount", "Tickets")
    table.columns[0].overflow = "fold"  # nothing of a name is cut off
    table.columns[1].justify = table.columns[2].justify = "right"
    table.columns[1].no_wrap = table.columns[2].no_wrap = True
    for each in trial.flips:
        words = Text(inert(f"{each.action}: {each.before} → {each.after}"))
        amounts = "\n".join(_sum(amount, currency) for currency, amount in sorted(each.amounts.items()) if amount)
        table.add_row(words, f"{each.times:,}", Text(amounts), _numbers(each.examples[:3], each.times))
    return table


def _tell_money(console: Console, words: str, amounts: Mapping[str, Decimal]) -> None:
    said = ", ".join(_sum(amount, currency) for currency, amount in sorted(amounts.items()))
    if said:
        console.print(Text(f"{words}: {said}"))


def _sum(amount: Decimal, currency: object) -> str:
    return f"{amount:,} {inert(currency) if isinstance(currency, str) else ''}".strip()


def _numbers(examples: Sequence[int], times: int) -> str:
    return " ".join(f"#{number}" for number in examples) + (" …" if times > len(examples) else "")


def data_of_run(run_id: UUID, judged: Sequence[JudgedAgain]) -> dict[str, Any]:
    return {
        "run": str(run_id),
        "same": all(each.is_same for each in judged),
        "decisions": [
            {
                "step": each.place,
                "action": each.action,
                "at": each.at.isoformat(),
                "same": each.is_same,
                "recorded": verdict_as_json(each.recorded) if each.recorded is not None else None,
                "again": verdict_as_json(each.again) if each.again is not None else None,
                "differences": [asdict(different) for different in each.differences],
                "broken": each.broken or None,
            }
            for each in judged
        ],
    }


def data_of_draft(trial: Trial) -> dict[str, Any]:
    return {
        "runs": trial.runs,
        "decisions": trial.decisions,
        "same": trial.same,
        "flips": [
            {
                "action": each.action,
                "before": each.before,
                "after": each.after,
                "times": each.times,
                "amounts": _written(each.amounts),
                "tickets": each.examples,
            }
            for each in trial.flips
        ],
        "more_out": _written(trial.more_out),
        "less_out": _written(trial.less_out),
        "unsaid": [asdict(each) for each in trial.unsaid],
    }


def _written(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: str(amount) for currency, amount in sorted(amounts.items())}
