"""What whoever works on a run is given, and the short transactions that end or pause it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from core.errors import ChannelUnavailable
from core.instants import Clock
from core.messages import Limits
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.act import StillAway
from ticketing.resolution.book import Book, open_book
from ticketing.resolution.case import Situation
from ticketing.resolution.hand_over import hand_over, stop
from ticketing.resolution.ports import ActionsOf
from ticketing.resolution.proposal import Resolver

SOON = 2.0  # seconds, until what the customer has just written is understood


class NotYet(ChannelUnavailable):
    """The ticket changed each time it was looked at, or its customer has written something nobody has read yet."""


@dataclass(frozen=True, slots=True)
class Working:
    """`job` names the job that works, and every repetition of it."""

    run_id: UUID
    brain: Resolver
    actions: ActionsOf
    limits: Mapping[str, Limits]
    start: StartWork
    clock: Clock
    patience: timedelta
    job: str

    async def open(self, situation: Situation, uow: UnitOfWork) -> Book:
        return await open_book(situation.run, pending=situation.pending, limits=self.limits, uow=uow, now=self.clock())

    def moved_on(self, book: Book, situation: Situation) -> bool:
        """Whether it is not as it was when it was read: look again. They have written, say, or other rules hold."""
        if book.in_the_way is not None or book.ground.is_being_read:
            return True
        return _as_of(situation) != _as_of(book)

    async def keep(self, situation: Situation) -> bool:
        """What was found out is on record; then the next turn."""
        async with self.start() as uow:
            book = await self.open(situation, uow)
            book.run = replace(book.run, trying_since=None)
            await book.close()
        return False

    async def stop(self, situation: Situation) -> bool:
        async with self.start() as uow:
            book = await self.open(situation, uow)
            if (why := book.in_the_way) is None:
                return False
            stop(book, why, open_act=situation.open_act)
            await book.close()
        return True

    async def hand_over(self, situation: Situation, why: str) -> bool:
        async with self.start() as uow:
            book = await self.open(situation, uow)
            if (reason := book.in_the_way) is not None:
                stop(book, reason, open_act=situation.open_act)
            else:
                await hand_over(book, why, customer=situation.customer.name)
            await book.close()
        return True

    async def wait(self, situation: Situation, why: str, retry_after: float | None) -> bool:
        """Somebody outside is away: try again later, and for so long. What was proposed is asked anew then.

        Raises StillAway.
        """
        now, since = self.clock(), situation.run.trying_since
        if since is not None and now - since >= self.patience:
            return await self.hand_over(situation, f"{why} It was tried for long enough.")
        async with self.start() as uow:
            book = await open_book(
                replace(situation.run, steps=situation.run.steps - len(situation.pending)),
                limits=self.limits,
                uow=uow,
                now=now,
            )
            book.run = replace(book.run, trying_since=since or now, why=why)
            await book.close()
        raise away(why, retry_after, self.patience)


def _as_of(seen: Situation | Book) -> tuple[object, ...]:
    return seen.ticket.version, seen.ticket.customer_id, seen.ground.heard, seen.playbook.version


def away(why: str, retry_after: float | None, patience: timedelta) -> StillAway:
    """What is raised for the job to be run again; it is not given up before the run is."""
    error = StillAway(why or "What the run needs is away.", retry_after=retry_after)
    error.patience = patience + timedelta(hours=1)
    return error
