"""What the AI did, does, or would do with a ticket, on its card: one line of it, its last steps, and what may be pressed."""

from collections.abc import Sequence
from datetime import timedelta

from bot.intents import Action
from bot.text import inline
from bot.views.parts import actions, button, confirm, context, mrkdwn, section
from bot.wire import Json
from ticketing.resolution.run import RunState, StepKind
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import ShownStep

_MOST_STEPS = 5  # the newest; all of them stand in the story
_STEP, _WHY = 80, 300  # characters
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
_TOLD_APART = frozenset({StepKind.PROPOSE, StepKind.FILL})  # of no interest at a glance


def run_on_card(run: ShownRun, value: str) -> list[Json]:
    """Of a ticket that is open. `value`: what its buttons carry, for the ticket; theirs is the run's id besides."""
    blocks = [section(mrkdwn(f"{_SIGNS[run.state]} *{headline(run)}*{_because(run)}"))]
    if run.is_open and (steps := _glance(run.steps)):
        blocks.append(context(mrkdwn(steps)))
    return [*blocks, actions(*_buttons(run, value))]


def headline(run: ShownRun) -> str:
    """ "The AI is working on it: Refund 89.00 USD"."""
    about = _about(run)
    match run.state:
        case RunState.WORKING:
            return f"The AI is working on it{_after(about)}"
        case RunState.WAITING_FOR_APPROVAL:
            who = inline(run.who, 200) if run.who else "somebody who may agree"
            return f"The AI waits for {who}{_after(about)}"
        case RunState.WAITING_FOR_CUSTOMER:
            asked = f", who was asked for: {inline(run.asked_for, 75)}" if run.asked_for else ""
            return f"The AI waits for the customer{asked}"
        case RunState.SUGGESTED:
            return f"The AI suggests{_after(about)}"
        case RunState.DONE:
            return f"Resolved by the AI{_in(run.took)}{_after(about)}"
        case RunState.HANDED_OVER:
            return "The AI has left it to a person"
        case RunState.STOPPED:
            return "The AI has stopped"
    return f"The AI would have done this{_after(about)}"


def run_in_a_line(run: ShownRun) -> str:
    """Beside a ticket that is settled: plain text. Empty: others solved it."""
    if run.state is not RunState.DONE:
        return ""
    about = " ".join(part for part in (run.what.lower(), run.amount or "") if part)
    return f"by the AI{_in(run.took)}{f' ({about})' if about else ''}"


def _about(run: ShownRun) -> str:
    return " ".join(inline(part, 75) for part in (run.what, run.amount or "") if part)


def _after(about: str) -> str:
    return f": {about}" if about else ""


def _in(took: timedelta | None) -> str:
    """ " in 4.2 s"; longer than some minutes, it waited for somebody, and how long says nothing."""
    if took is None or took > timedelta(minutes=10):
        return ""
    seconds = took.total_seconds()
    return f" in {seconds:.1f} s" if seconds < 60 else f" in {seconds // 60:.0f} min {seconds % 60:.0f} s"


def _because(run: ShownRun) -> str:
    if run.state in {RunState.WORKING, RunState.DONE} or not run.why:
        return ""
    return f"\n{inline(run.why, _WHY)}"


def _glance(steps: Sequence[ShownStep]) -> str:
    shown = [each for each in steps if each.kind not in _TOLD_APART][-_MOST_STEPS:]
    return "  ·  ".join(f"{each.mark} {inline(each.words, _STEP)}" for each in shown)


def _buttons(run: ShownRun, value: str) -> list[Json]:
    story = button("What the AI did", Action.RUN_STORY, value)
    if run.state is RunState.SUGGESTED:
        return [
            button("Do it", Action.RUN_DO, value, primary=True, confirm=_sure(run)),
            button("Not this", Action.RUN_NOT, value),
            story,
        ]
    if run.is_open:
        return [button("Take over", Action.RUN_TAKE_OVER, value), story]
    return [story]


def _sure(run: ShownRun) -> Json:
    return confirm("Have the AI do this?", f"{_about(run) or 'What it suggests'}, and what follows from it.", "Do it")
