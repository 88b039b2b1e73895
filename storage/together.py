"""Work that many ask for at once shares a transaction: whoever comes while one runs shares the next.

See docs/decisions/0014. Nobody waits for company: who finds no transaction running starts one alone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from core.sharing import SharedRounds
from storage.company import Company, Member, Outcome, Torn
from storage.database import Database, Session
from storage.playbooks import Playbooks
from storage.unit_of_work import Route, SqlUnitOfWork
from ticketing.ports import UnitOfWork

MOST = 32  # use cases of one transaction
_PATIENCE = "SET LOCAL lock_timeout = '1s'"  # whoever holds one's row must not keep the others waiting

Work = Callable[[UnitOfWork], Awaitable[Any]]
T = TypeVar("T")

_AGAIN = Outcome(again=True, alone=True)


class Together:
    """For one kind of work, which is safe to repeat."""

    def __init__(self, database: Database, route: Route, playbooks: Playbooks) -> None:
        self._database = database
        self._made_of = (route, playbooks)
        self._rounds: SharedRounds[Session, Work, Outcome] = SharedRounds(database.single, self._round, most=MOST)

    async def do(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """What it returns, once that is committed. Raises what it raises, and then nothing of it was kept.

        It may be run several times, each time with a unit of work of its own, which it enters once.
        """
        outcome = await self._rounds.do(work)
        if outcome.again:
            return await work(SqlUnitOfWork(self._database, *self._made_of))
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    async def _round(self, session: Session, works: Sequence[Work]) -> Sequence[Outcome]:
        outcomes = [_AGAIN] * len(works)
        left = list(range(len(works)))
        while len(left) > 1:
            for place, outcome in zip(left, await self._share(session, [works[each] for each in left]), strict=True):
                outcomes[place] = outcome
            left = [place for place in left if outcomes[place].again and not outcomes[place].alone]
        return outcomes

    async def _share(self, session: Session, works: Sequence[Work]) -> Sequence[Outcome]:
        try:
            async with session.transaction() as raw:
                await raw.execute(_PATIENCE)
                return await Company(raw).keep([self._in_company(work) for work in works])
        except Torn:
            return [_AGAIN] * len(works)

    def _in_company(self, work: Work) -> Callable[[Member], Awaitable[Any]]:
        return lambda member: work(SqlUnitOfWork(_Joined(member), *self._made_of))


class _Joined:
    """The transaction that is open already, of which one use case is a part."""

    def __init__(self, member: Member) -> None:
        self._member = member

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        yield self._member
