"""What the AI does with a ticket, in words: its headline, its steps, what the rules said."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.text import inline, title
from ticketing.resolution.run import RunState, StepKind
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import Mark, ShownStep
from ticketing.resolution.verdict import RuleSaid

_MOST_GIVEN = 4
_MOST_RULES = 12
_LONG_AGO = timedelta(minutes=10)
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
_SAID_WELL = frozenset({RunState.WORKING, RunState.DONE})  # by the headline and the steps
_TOLD_ELSEWHERE = frozenset({StepKind.PROPOSE, StepKind.FILL, StepKind.MOVE, StepKind.ASK_APPROVAL})
_DEEDS = frozenset({StepKind.ACT, StepKind.FILL, StepKind.TELL, StepKind.MOVE})


def sign(run: ShownRun) -> str:
    return _SIGNS[run.state]


def headline(run: ShownRun) -> str:
    """ "The AI is working on it: Refund 89.00 USD"; in mrkdwn, escaped."""
    about = about_of(run)
    match run.state:
        case RunState.WORKING:
            return f"The AI is working on it{_after(about)}"
        case RunState.WAITING_FOR_APPROVAL:
            return f"The AI waits for {inline(run.who or '', 200) or 'somebody who may agree'}{_after(about)}"
        case RunState.WAITING_FOR_CUSTOMER:
            return f"The AI waits for the customer{_asked(run)}"
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
    if run.state in _ASKS:
        return "; ".join(inline(each.because, 160) for each in run.rules if not each.held)[:600]
    return "" if run.state in _SAID_WELL else inline(run.why, 300)


def given(run: ShownRun) -> str:
    """What it would be called with: "Order: 78932 · Reason: damaged"."""
    return " · ".join(f"{inline(name, 40)}: *{inline(value, 60)}*" for name, value in run.given[:_MOST_GIVEN])


def glance(steps: Sequence[ShownStep], *, most: int, longest: int) -> str:
    """The newest on one line, without what is of no interest at a glance."""
    shown = [each for each in steps if each.kind not in _TOLD_ELSEWHERE][-most:]
    return "  ·  ".join(f"{each.mark} {inline(each.words, longest)}" for each in shown)


def done_and_missing(run: ShownRun) -> list[str]:
    """For whoever has it from here: what was done, and what was in the way."""
    deeds = [each for each in run.steps if each.kind in _DEEDS]
    done = [inline(each.words, 100) for each in deeds if each.mark is Mark.DONE]
    failed = [inline(each.words, 100) for each in deeds if each.mark is not Mark.DONE]
    missing = failed + [inline(each.because, 160) for each in run.rules if not each.held and each.because != run.why]
    lines = [f"*Done:* {' · '.join(done[-6:])}" if done else "*Done:* nothing"]
    return [*lines, *([f"*In the way:* {' · '.join(missing[:6])}"] if missing else [])]


def rule_lines(rules: Iterable[RuleSaid]) -> list[str]:
    """What asks or refuses comes first, in its words. Those that hold have their names: their words say why not."""
    said = list(rules)
    failed = [f"✗ {_name(each)}: {inline(each.because, 200)}" for each in said if not each.held]
    held = [_name(each) for each in said if each.held]
    shown = failed[:_MOST_RULES]
    if more := len(failed) - len(shown):
        shown.append(f"… and {more} more that do not hold")
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


def lasted(took: timedelta) -> str:
    """ "4.2 s"."""
    seconds = took.total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def _name(rule: RuleSaid) -> str:
    """A rule's key in words; those that are built in have a key of their own."""
    return inline(rule.rule.removeprefix("always.").replace("_", " "), 60) or "a rule"


def _after(about: str) -> str:
    return f": {about}" if about else ""


def _asked(run: ShownRun) -> str:
    if run.asked_for == "confirmation":
        return " to say yes to it"
    return f", who was asked for: {inline(run.asked_for, 75)}" if run.asked_for else ""


def _in(took: timedelta | None) -> str:
    """Longer than some minutes, it waited for somebody, and how long says nothing."""
    return f" in {lasted(took)}" if took is not None and took <= _LONG_AGO else ""
