"""Taking turns at showing: one job at a time, which looks again for those that came meanwhile."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from bot.ports import Cards
from bot.refusals import CardGone
from bot.showing.hold import Hold
from core.errors import ChannelUnavailable, MessageRefused, OutcomeUnknown
from core.instants import Clock
from ticketing.tickets.card import Shown

_MOST_LOST = 2  # cards that may vanish in one run; after that, posting more does not help


async def take_turns(
    owner_id: UUID, *, job: str, cards: Cards, clock: Clock, bring_up_to_date: Callable[[Shown, Hold], Awaitable[None]]
) -> None:
    """Bring the card of a ticket or conversation up to date. `job` is the same in every run of one job.

    Raises ChannelUnavailable (run it again after `retry_after`), AccountRefused (an admin must act first),
    MessageRefused (a bug of ours). An attempt with an unknown outcome counts as unavailable: the next run looks what
    became of it.
    """
    lost = 0
    again = True
    hold = Hold(owner_id, job, cards, clock)
    while again:
        shown = await hold.take()
        if shown is None:
            return
        gone, refused = False, None
        try:
            await bring_up_to_date(shown, hold)
        except OutcomeUnknown as error:
            raise ChannelUnavailable(error.message, retry_after=hold.look_after) from error
        except CardGone:
            gone, lost = True, lost + 1
            if lost > _MOST_LOST:
                raise
            await cards.card_lost(owner_id, run=hold.run)
        except MessageRefused as error:
            refused = error
        finally:
            again = await hold.release()
        if refused is not None:
            if again:  # the job that left the note is gone, so the note must not end with this one
                raise ChannelUnavailable(refused.message, retry_after=hold.look_after) from refused
            raise refused
        # Only taking it anew marks the next card as being posted, before it is.
        again = again or gone
