"""What the AI did, does, or would do with a ticket, on its card: one line, its last steps, and what may be pressed."""

from bot.intents import Action
from bot.refs import RunRef
from bot.text import title
from bot.views.parts import actions, button, confirm, context, mrkdwn, section
from bot.views.run_words import because, done_and_missing, given, glance, headline, sign
from bot.wire import Json
from ticketing.resolution.run import RunState
from ticketing.resolution.shown import ShownRun

_STEPS, _STEP = 5, 80  # the newest; all of them stand in the story. Characters of one
STORY = "What the AI did"


def run_on_card(run: ShownRun, *, briefed: bool = False, request: str = "") -> list[Json]:
    """Of a ticket that is open. `briefed`: what was done and what is missing stands above already. `request`: leads to
    the request that it waits for.
    """
    if run.is_open:
        steps = glance(run.steps, most=_STEPS, longest=_STEP)
        return [
            section(mrkdwn("\n".join(said(run, request)))),
            *([context(mrkdwn(steps))] if steps else []),
            actions(*buttons(run)),
        ]
    lines = said(run)
    if run.state is RunState.HANDED_OVER and not briefed:
        lines += done_and_missing(run)
    return [section(mrkdwn("\n".join(lines)), accessory=story_button(run))]


def said(run: ShownRun, request: str = "") -> list[str]:
    """The headline, and what belongs to it."""
    head = f"{sign(run)} *{headline(run)}*{f' · {request}' if request else ''}"
    asks = given(run) if run.state in (RunState.SUGGESTED, RunState.WAITING_FOR_APPROVAL) else ""
    return [each for each in (head, asks, because(run)) if each]


def buttons(run: ShownRun) -> list[Json]:
    """What people can do about it while it is open."""
    value = RunRef(run.id, run.ticket_id).encode()
    if run.state is RunState.SUGGESTED:
        return [
            button("Do it", Action.RUN_DO, value, primary=True, confirm=_sure(run)),
            button("Not this", Action.RUN_NOT, value),
            story_button(run),
        ]
    return [button("Take over from the AI", Action.RUN_TAKE_OVER, value), story_button(run)]


def story_button(run: ShownRun) -> Json:
    return button(STORY, Action.RUN_STORY, RunRef(run.id, run.ticket_id).encode())


def _sure(run: ShownRun) -> Json:
    what = " ".join(part for part in (run.what, run.amount) if part) or "What it suggests"
    return confirm("Have the AI do this?", title(f"{what}, and what the playbook has follow from it.", 280), "Do it")
