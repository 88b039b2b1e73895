"""Use cases side by side in one transaction: where all of them wait for PostgreSQL, one round trip serves them all.

Each is written as if it were alone. None may see what another one is about to change, so two that want the same row,
lock or key do not stay in company: the later one is sent away, and is done after the commit (docs/decisions/0014).
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement

from storage.compiled import compiled
from storage.database import Row, Rows, Session
from storage.grouping import Grouping, Told, Way, grouping

_NOTHING: Mapping[str, Any] = {}


class Entangled(Exception):
    """It wants what another one of the transaction has."""


class Alone(Entangled):
    """It cannot be done in company at all."""


class Torn(Exception):
    """Somebody failed who had written already: nothing of the transaction holds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `value`, or what it raised. `again`: nothing, and it is to be done once more."""

    value: Any = None
    error: BaseException | None = None
    again: bool = False
    alone: bool = False


@dataclass(slots=True)
class _Asked:
    by: "Member"
    sql: str
    arguments: Sequence[Any]
    counts: bool
    answer: asyncio.Future[Rows] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Member(Session):
    """What one use case of a company takes for its own transaction."""

    def __init__(self, raw: asyncpg.Connection, company: "Company") -> None:
        super().__init__(raw)
        self._company = company
        self.has_written = False

    async def execute(self, statement: ClauseElement, values: Mapping[str, Any] = _NOTHING) -> Rows:
        known = compiled(statement)
        return await self._company.ask(_Asked(self, known.sql, known.arguments(values), known.counts))

    async def execute_many(self, statement: ClauseElement, values: Sequence[Mapping[str, Any]]) -> None:
        for each in values:
            await self.execute(statement, each)

    async def ask(self, sql: str, *arguments: Any) -> Rows:
        return await self._company.ask(_Asked(self, sql, arguments, counts=False))

    async def run(self, sql: str, *arguments: Any) -> None:
        await self._company.ask(_Asked(self, sql, arguments, counts=False))

    def keep_apart(self, keys: Iterable[Hashable]) -> None:
        wanted = tuple(keys)
        if not wanted:
            raise Alone
        self._company.hold(self, (("key", key) for key in wanted))


class Company:
    """The use cases of one transaction, which is open."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        self._raw = raw
        self._asked: list[_Asked] = []
        self._at_work = 0
        self._turn = asyncio.Event()
        self._held: dict[Hashable, Member] = {}

    async def keep(self, works: Sequence[Callable[[Member], Awaitable[Any]]]) -> Sequence[Outcome]:
        """What became of each. Raises Torn, or what a lost connection raises: then the transaction is to be ended."""
        members = [Member(self._raw, self) for _ in works]
        tasks = [asyncio.ensure_future(work(member)) for work, member in zip(works, members, strict=True)]
        self._at_work = len(tasks)
        for task in tasks:
            task.add_done_callback(self._left)
        try:
            while self._at_work:
                await self._turn.wait()
                self._turn.clear()
                asked, self._asked = self._asked, []
                await self._answer(asked)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return [_outcome(task, member) for task, member in zip(tasks, members, strict=True)]

    async def ask(self, asked: _Asked) -> Rows:
        self._asked.append(asked)
        self._look()
        return await asked.answer

    def hold(self, by: Member, keys: Iterable[Hashable]) -> None:
        """Raises Entangled: another one has one of them."""
        for key in keys:
            if self._held.setdefault(key, by) is not by:
                raise Entangled

    def _left(self, _task: "asyncio.Future[Any]") -> None:
        self._at_work -= 1
        self._look()

    def _look(self) -> None:
        if len(self._asked) >= self._at_work:
            self._turn.set()

    async def _answer(self, asked: Sequence[_Asked]) -> None:
        alike: dict[str, list[_Asked]] = {}
        for each in asked:
            alike.setdefault(each.sql, []).append(each)
        for sql, group in alike.items():
            way = grouping(sql, len(group[0].arguments), counts=group[0].counts)
            try:
                await self._run(way, [each for each in group if self._may(way, each)])
            except asyncpg.PostgresError as error:
                raise Torn from error

    def _may(self, way: Grouping, asked: _Asked) -> bool:
        try:
            if way.excludes:
                raise Alone
            if way.locks:
                self.hold(asked.by, [(asked.sql, tuple(map(repr, asked.arguments)))])
        except Entangled as entangled:
            asked.answer.set_exception(entangled)
            return False
        asked.by.has_written = asked.by.has_written or way.writes
        return True

    async def _run(self, way: Grouping, group: Sequence[_Asked]) -> None:
        if len(group) == 1 or way.way is Way.EACH:
            for each in group:
                found = await self._raw.fetch(way.sql, *each.arguments, record_class=Row)
                self._tell(way, each, found)
        elif way.way is Way.SILENT:
            await self._raw.executemany(way.sql, [each.arguments for each in group])
            for each in group:
                each.answer.set_result(Rows((), 0))
        else:
            told = await self._raw.fetchmany(
                way.told, [(*each.arguments, place) for place, each in enumerate(group)], record_class=Told
            )
            by_place: list[list[Row]] = [[] for _ in group]
            for row in told:
                by_place[row.place].append(row)
            for each, rows in zip(group, by_place, strict=True):
                self._tell(way, each, rows)

    def _tell(self, way: Grouping, asked: _Asked, rows: Sequence[Row]) -> None:
        if way.counts:
            asked.answer.set_result(Rows((), len(rows)))
            return
        if way.locks or way.writes:
            try:
                self.hold(asked.by, [key for row in rows if (key := row.get("id")) is not None])
            except Entangled as entangled:
                asked.answer.set_exception(entangled)
                return
        asked.answer.set_result(Rows(rows, len(rows)))


def _outcome(task: "asyncio.Future[Any]", member: Member) -> Outcome:
    """Raises Torn: it failed, and what it has written would stay."""
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is None:
        return Outcome(task.result())
    if member.has_written or task.cancelled():
        raise Torn from error
    return Outcome(error=error, again=isinstance(error, Entangled), alone=isinstance(error, Alone))
