"""The right to show one ticket or conversation, which one run of one job has at a time."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from bot.ports import Cards
from bot.refusals import Unanswered
from core.errors import ChannelError, ChannelUnavailable, OutcomeUnknown, Throttled
from core.instants import Clock
from ticketing.tickets.card import Run, Shown

# Nobody takes over while a request of the run before can still reach Slack. A call is begun at most _RENEW_AFTER after
# the hold was last known to be ours, and its sender waits SlackConfig.timeout (10 s) for the answer; both fit in HOLD.
# What is left (15 s) is for what a Slack in trouble does with a request whose sender has gone. So whoever takes over
# finds in the channel whatever the run before has posted. It is also how long the card of a killed worker is late.
HOLD = timedelta(seconds=30)
_RENEW_AFTER = timedelta(seconds=5)
SETTLING = timedelta(seconds=2)  # Slack ended the call without a good answer: before that nobody looks what it did
LATE = timedelta(seconds=20)  # Slack was still silent when we stopped listening: it may yet do what it was asked
LONGEST_RUN = 45.0  # seconds; a job may run for 90, and every wait and call in it fits between


class HoldLost(ChannelUnavailable):
    """This run was too slow, and another one took over. It must not touch anything any more."""


class Hold:
    """One run's hold of one ticket or conversation."""

    def __init__(
        self, owner_id: UUID, job: str, cards: Cards, clock: Clock, *, timer: Callable[[], float] = monotonic
    ) -> None:
        self.run = Run(job)
        self._owner_id, self._cards, self._clock = owner_id, cards, clock
        self._since: datetime | None = None
        self._settling: timedelta | None = None
        self._timer, self._began = timer, timer()

    async def take(self) -> Shown | None:
        """None: another job has it, and will look again before it lets go.

        Raises Throttled: this very job has it, or a repair.
        """
        self._since = self._clock()
        return await self._cards.take(self._owner_id, run=self.run, now=self._since, until=self._since + HOLD)

    async def keep(self) -> None:
        """To be called right before every change in Slack: it must not happen twice, or overwrite what is newer.

        Raises HoldLost; Throttled when this run has lasted long enough: a long thread goes on in the next one.
        """
        while True:
            if self._timer() - self._began > LONGEST_RUN:
                raise Throttled("There is more to show than fits one run.", retry_after=0.0)
            now = self._clock()
            if self._since is not None and now - self._since < _RENEW_AFTER:
                return
            await self.renew(now)  # which may take long itself, so the clock is looked at once more

    async def renew(self, now: datetime) -> None:
        """Raises HoldLost."""
        if not await self._cards.renew(self._owner_id, run=self.run, until=now + HOLD):
            raise HoldLost("Another run shows this meanwhile.", retry_after=1)
        self._since = now

    @asynccontextmanager
    async def once(self) -> AsyncIterator[None]:
        """Around a call to Slack that must not happen twice, nor after a later one. Raises as `keep` does."""
        await self.keep()
        self._settling = LATE  # also when we are cancelled
        try:
            yield
        except Unanswered:
            raise
        except OutcomeUnknown:
            self._settling = SETTLING
            raise
        except ChannelError:
            self._settling = None
            raise
        self._settling = None

    @property
    def look_after(self) -> float:
        """Seconds after which it can be seen what the last call came to."""
        return (self._settling or SETTLING).total_seconds()

    async def release(self) -> bool:
        """True: something changed meanwhile, take it again.

        What a call without an answer came to, also one that was cancelled, nobody can see at once: then it is let go
        of later.
        """
        if self._settling is not None:
            await self._cards.renew(self._owner_id, run=self.run, until=self._clock() + self._settling)
            return False
        return await self._cards.release(self._owner_id, run=self.run)
