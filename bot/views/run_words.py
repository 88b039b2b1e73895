"""What the AI does with a ticket, in words: its headline, its steps, what the rules said."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.text import inline, title, whole_lines
from ticketing.resolution.run import RunState, StepKind
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import Mark, ShownStep, lasted
from ticketing.resolution.verdict import RuleSaid, telling

_MOST_GIVEN = 4
_MOST_RULES = 12
_MOST_KNOWN = 400  # characters of what no rule looks at
_LONG_AGO = timedelta(minutes=10)
_NOTICED = timedelta(milliseconds=100)
_SIGNS = {
    RunState.WORKING: "⚙️",
    RunState.WAITING_FOR_APPROVAL: "🔐",
    RunState.WAITING_FOR_CUSTOMER: "💬",
    RunState.SUGGESTED: "💡",
    RunState.DONE: "✅",
    RunState.HANDED_OVER: "🙋",
    RunState.STOPPED: "✋",
    RunState.SHADOWED: "👁",
}
_ASKS = frozenset({RunState.SUGGESTED, RunState.WAITING_FOR_APPROVAL})
_SAID_WELL = frozenset({RunState.DONE})  # by the headline and the steps
_TOLD_ELSEWHERE = frozenset({StepKind.PROPOSE, StepKind.FILL, StepKind.MOVE, StepKind.ASK_APPROVAL})
_DEEDS = frozenset({StepKind.ACT, StepKind.FILL, StepKind.TELL, StepKind.MOVE})


def sign(run: ShownRun) -> str:
    return "⏳" if run.state is RunState.WORKING and run.why else _SIGNS[run.state]


def headline(run: ShownRun) -> str:
    """ "The AI is working on it: Refund 89.00 USD"; in mrkdwn, escaped."""
    about = about_of(run)
    match run.state:
        case RunState.WORKING if run.why:
            return f"The AI tries again soon{_after(about)}"
        case RunState.WORKING:
            return f"The AI is working on it{_after(about)}"
        case RunState.WAITING_FOR_APPROVAL:
            return f"The AI waits for {inline(run.who or '', 200) or 'somebody who may agree'}{_after(about)}"
        case RunState.WAITING_FOR_CUSTOMER:
            return f"The AI waits for the customer{_asked(run, about)}"
        case RunState.SUGGESTED:
            return f"The AI suggests{_after(about)}"
        case RunState.DONE:
            return f"Done by the AI{_in(run.took)}{_after(about)}"
        case RunState.HANDED_OVER:
            return "The AI has left it to a person"
        case RunState.STOPPED:
            return "The AI has stopped"
    return f"The AI would have done this{_after(about)}"


def about_of(run: ShownRun) -> str:
    """ "Refund 89.00 USD"; "" until something was decided about."""
    return " ".join(inline(part, 75) for part in (run.what, run.amount or "") if part)


def because(run: ShownRun) -> str:
    """Why it stands where it stands; "" where the headline says it."""
    if run.state is RunState.WORKING and any(each.kind is StepKind.ACT for each in run.steps[-1:]):
        return ""  # the step says it
    if run.state in _ASKS:
        return "; ".join(inline(each.because, 160) for each in run.rules if not each.held)[:600]
    return "" if run.state in _SAID_WELL else inline(run.why, 300)


def given(run: ShownRun) -> str:
    """What it would be called with: "Order: 78932 · Reason: damaged"."""
    return " · ".join(f"{inline(name, 40)}: *{inline(value, 60)}*" for name, value in run.given[:_MOST_GIVEN])


def glance(steps: Sequence[ShownStep], *, most: int, longest: int) -> str:
    """The newest on one line, without what is of no interest at a glance."""
    if steps and steps[-1].kind is StepKind.ASK_CUSTOMER:
        steps = steps[:-1]  # the headline says it, for as long as nothing follows
    shown = [each for each in steps if each.kind not in _TOLD_ELSEWHERE][-most:]
    return "  ·  ".join(f"{each.mark} {inline(each.words, longest)}" for each in shown)


def done_and_missing(run: ShownRun) -> list[str]:
    """For whoever has it from here."""
    deeds = [each for each in run.steps if each.kind in _DEEDS]
    done = [inline(each.words, 100) for each in deeds if each.mark is Mark.DONE]
    failed = [inline(each.words, 100) for each in deeds if each.mark is not Mark.DONE]
    return [f"*Done:* {' · '.join(done[-6:])}" if done else "*Done:* nothing", *in_the_way(run, failed)]


def in_the_way(run: ShownRun, failed: Sequence[str] = ()) -> list[str]:
    """What stands against it beside the reason that is told already, after what `failed`; none where nothing."""
    against = [each for each in telling(run.rules) if not each.held and each.because != run.why]
    missing = [*failed, *(inline(each.because, 160) for each in against)]
    return [f"*In the way:* {' · '.join(missing[:6])}"] if missing else []


def fact_line(fact: tuple[str, str]) -> str:
    """ "Order status: delivered"."""
    return f"{inline(fact[0], 60)}: *{inline(fact[1], 100) or 'none'}*"


def also_known(facts: Sequence[tuple[str, str]]) -> str:
    """What no rule looks at, in a line; "" where there is nothing."""
    told = [f"{inline(name, 60)} {inline(value, 60) or 'none'}" for name, value in facts]
    return f"Also known: {' · '.join(told[: whole_lines(told, _MOST_KNOWN)])}" if told else ""


def rule_lines(rules: Iterable[RuleSaid]) -> list[str]:
    """What asks or refuses comes first, in its words. Those that hold have their names: their words say why not."""
    every = list(rules)
    said = telling(every)
    failed = [f"✗ {_said(each)}" for each in said if not each.held]
    held = [_name(each) for each in said if each.held]
    shown = failed[:_MOST_RULES]
    if more := len(failed) - len(shown):
        shown.append(f"… and {more} more that do not hold")
    if unasked := len(every) - len(said):
        shown.append(f"… and {unasked} more, which nobody can ask without it")
    if held:
        more_held = f" and {len(held) - _MOST_RULES} more" if len(held) > _MOST_RULES else ""
        shown.append(f"✓ {' · '.join(held[:_MOST_RULES])}{more_held}")
    return shown


def run_in_a_line(run: ShownRun) -> str:
    """Beside a ticket that is settled: plain text, escaped. "": others solved it."""
    if run.state is not RunState.DONE:
        return ""
    about = " ".join(title(part, 60) for part in (run.what.lower(), run.amount or "") if part)
    return f"by the AI{_in(run.took)}{f' ({about})' if about else ''}"


def took(step: ShownStep) -> str:
    """ " · 1.2 s"; "" where nobody would notice it."""
    return f" · {lasted(step.took)}" if step.took is not None and step.took >= _NOTICED else ""


def _said(rule: RuleSaid) -> str:
    """ "in time: Returns are possible for 30 days"; what is built in has no name that would say more."""
    because = inline(rule.because, 200)
    return because if rule.rule.startswith("always.") else f"{_name(rule)}: {because}"


def _name(rule: RuleSaid) -> str:
    return inline(rule.rule.removeprefix("always.").replace("_", " "), 60) or "a rule"


def _after(about: str) -> str:
    return f": {about}" if about else ""


def _asked(run: ShownRun, about: str) -> str:
    if run.asked_for == "confirmation":
        return f" to say yes{_after(about)}"
    return f", who was asked for: {inline(run.asked_for, 75)}" if run.asked_for else ""


def _in(took: timedelta | None) -> str:
    """Longer than some minutes, it waited for somebody, and how long says nothing."""
    return f" in {lasted(took)}" if took is not None and took <= _LONG_AGO else ""
