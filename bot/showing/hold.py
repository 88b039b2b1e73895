"""The right to show one ticket or conversation, which one job has for 30 seconds, renewed while Slack is slow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from bot.ports import Cards
from core.errors import ChannelUnavailable, Throttled
from core.instants import Clock
from ticketing.tickets.card import Shown

# A call to Slack takes 10 seconds at most, so whoever looks at the time before each call never overstays.
_RENEW_AFTER = timedelta(seconds=10)
LONGEST_RUN = 45.0  # seconds; a job may run for 90, and every wait and call in it fits between


class HoldLost(ChannelUnavailable):
    """This job was too slow, and another one took over. It must not touch anything any more."""


class Hold:
    """One job's hold of one ticket or conversation."""

    def __init__(
        self, owner_id: UUID, job: str, cards: Cards, clock: Clock, *, timer: Callable[[], float] = monotonic
    ) -> None:
        self._owner_id, self._job, self._cards, self._clock = owner_id, job, cards, clock
        self._since: datetime | None = None
        self._renewed = False
        self._timer, self._began = timer, timer()
        self.lost = False

    async def take(self) -> Shown | None:
        """None: another job has it, and will look again before it lets go."""
        self._since, self._renewed = self._clock(), False
        return await self._cards.take(self._owner_id, job=self._job, now=self._since)

    async def keep(self) -> None:
        """To be called before every call to Slack that must not happen twice, or overwrite what is newer.

        Raises HoldLost; Throttled when this run has lasted long enough: a long thread goes on in the next one.
        """
        if self._timer() - self._began > LONGEST_RUN:
            raise Throttled("There is more to show than fits one run.", retry_after=0.0)
        now = self._clock()
        if self._since is not None and now - self._since < _RENEW_AFTER:
            return
        if await self._cards.take(self._owner_id, job=self._job, now=now) is None:
            self.lost = True
            raise HoldLost("Another job shows this meanwhile.", retry_after=1)
        self._since, self._renewed = now, True

    async def release(self) -> bool:
        """True: something changed meanwhile, take it again."""
        again = await self._cards.release(self._owner_id, job=self._job)
        return again or self._renewed  # renewing wipes out the note that another job may have left
