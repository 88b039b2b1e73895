"""The one function that shows a ticket in Slack. Run as a job; safe to repeat, in any order, by any number at once."""

from uuid import UUID

from bot.client import Slack
from bot.ports import Rooms
from bot.refusals import CardGone
from bot.showing.card import show_card
from bot.showing.entries import Thread, show_entries
from bot.showing.hold import Hold
from bot.showing.order import Part, visitor
from core.errors import ChannelUnavailable, MessageRefused, OutcomeUnknown
from core.instants import Clock
from ticketing.tickets.card import Shown

_LOOK_AGAIN = 2.0  # seconds
_MOST_LOST = 2  # cards that may vanish in one run; after that, posting more does not help


async def show_ticket(ticket_id: UUID, *, job: str, rooms: Rooms, client: Slack, clock: Clock) -> None:
    """Bring the card and its thread up to date. `job` names this run, and every repetition of it.

    Raises ChannelUnavailable (run it again after `retry_after`), AccountRefused (an admin must act first),
    MessageRefused (a bug of ours). An attempt with an unknown outcome counts as unavailable: the next run looks what
    became of it.
    """
    lost = 0
    again = True
    hold = Hold(ticket_id, job, rooms, clock)
    while again:
        shown = await hold.take()
        if shown is None:
            return
        gone, refused = False, None
        try:
            await _bring_up_to_date(shown, hold, rooms, client, clock)
        except OutcomeUnknown as error:
            raise ChannelUnavailable(error.message, retry_after=_LOOK_AGAIN) from error
        except CardGone:
            gone, lost = True, lost + 1
            if lost > _MOST_LOST:
                raise
            await rooms.card_lost(ticket_id)
        except MessageRefused as error:
            refused = error
        finally:
            again = await hold.release()
        if refused is not None:
            if again:  # the job that left the note is gone, so the note must not end with this one
                raise ChannelUnavailable(refused.message, retry_after=_LOOK_AGAIN) from refused
            raise refused
        # Only taking it anew marks the next card as being posted, before it is.
        again = again or gone


async def _bring_up_to_date(shown: Shown, hold: Hold, rooms: Rooms, client: Slack, clock: Clock) -> None:
    place = await show_card(shown, hold, rooms, client, clock)
    thread = Thread(shown.ticket_id, place.channel, place.ts, visitor(place.card, Part.THREAD))
    await show_entries(thread, hold, rooms, client, clock)
