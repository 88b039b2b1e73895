"""What has come of a ticket so far, on its card: who has it, what the AI does and understood, and what it waits for."""

from bot.views.description import described
from bot.views.escalation import escalated
from bot.views.parts import mrkdwn, section
from bot.views.run import run_on_card, story_button
from bot.views.understanding import understood
from bot.views.waiting import see_request, waits
from bot.wire import Json
from ticketing.resolution.run import RunState
from ticketing.tickets.card import TicketCard


def so_far(card: TicketCard, site: str) -> list[Json]:
    """`site`: the workspace's address on the web, for links to what stands there."""
    blocks: list[Json] = []
    left = _was_left(card)
    if card.escalation is not None:
        more = story_button(card.run) if card.run is not None and left else None
        blocks += escalated(card.escalation, tone=card.understanding is None, beside=more)
    if card.run is not None and not left:
        request = see_request(card.waiting, card.place, site) if card.waiting and _run_says_it(card) else ""
        blocks += run_on_card(card.run, briefed=card.escalation is not None, request=request)
    if card.understanding is not None:
        blocks += understood(card.understanding, card.fields, briefed=card.escalation is not None)
    if card.description and card.escalation is None and not _is_summary(card):
        blocks += described(card.description, site)
    if card.waiting is not None and not _run_says_it(card):
        blocks.append(section(mrkdwn(waits(card.waiting, card.place, site))))
    return blocks


def _was_left(card: TicketCard) -> bool:
    """Whether the AI left it to people for the very reason that it was handed to them: that is said once."""
    run, escalation = card.run, card.escalation
    if run is None or escalation is None or run.state is not RunState.HANDED_OVER:
        return False
    return run.why in escalation.because


def _is_summary(card: TicketCard) -> bool:
    return card.understanding is not None and card.description == card.understanding.summary


def _run_says_it(card: TicketCard) -> bool:
    """Whether the only request is the one that the AI waits for: it stands there with all that belongs to it."""
    asks = card.run is not None and card.run.state is RunState.WAITING_FOR_APPROVAL
    return asks and card.waiting is not None and not card.waiting.others
