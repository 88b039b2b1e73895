"""The use cases' database: statements written by SQLAlchemy Core, run on asyncpg's own connections.

SQLAlchemy makes the SQL, once for each statement. Executing through it as well costs a greenlet and a result object for
each round trip: measured here, half the processor time of a message (docs/decisions/0008). Statements are module
constants; one that is made anew for each call does not belong here.
"""

import asyncio
import json
import re
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement

from storage.compiled import compiled
from storage.engine import create_pool

ACQUIRE_WITHIN = 10.0  # seconds; whoever waits longer for a connection is told so
_STATUS_COUNT = re.compile(r" (\d+)$")  # "INSERT 0 1", "UPDATE 3"


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg is not typed
    """A row whose columns are read by name, as attributes, or unpacked in order."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def as_dict(self) -> dict[str, Any]:
        return dict(self.items())


class Rows:
    """What a statement gave back."""

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> Sequence[Row]:
        return self._rows

    def one_or_none(self) -> Row | None:
        """Raises ValueError if there are several: the statement does not ask what its caller believes."""
        if len(self._rows) > 1:
            raise ValueError(f"one row was expected, there are {len(self._rows)}")
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """Raises LookupError if there is none."""
        row = self.one_or_none()
        if row is None:
            raise LookupError("a row was expected, there is none")
        return row

    def scalar(self) -> Any:
        """The first column of the only row; None without a row."""
        row = self.one_or_none()
        return None if row is None else row[0]


_NOTHING: Mapping[str, Any] = {}
Write = Callable[[], Awaitable[None]]


class Session:
    """One connection, for as long as the transaction it is in. `ends`: `catch_up` is called before that commits, so
    writes may be put off; otherwise they are made at once.
    """

    def __init__(self, raw: asyncpg.Connection, *, ends: bool = False) -> None:
        self._raw = raw
        self._ends = ends
        self._put_off: dict[Write, Collection[str]] = {}

    async def put_off(self, write: Write, *tables: str) -> None:
        """Make this write before the next statement that names one of these tables, at the latest before the commit.
        Put off again until then, it is made once.
        """
        if self._ends:
            self._put_off[write] = tables
        else:
            await write()

    async def catch_up(self) -> None:
        """Write what was put off."""
        while self._put_off:
            write = next(iter(self._put_off))
            del self._put_off[write]
            await write()

    async def _catch_up_for(self, sql: str) -> None:
        if not self._put_off:
            return
        for write in [each for each, tables in self._put_off.items() if any(table in sql for table in tables)]:
            del self._put_off[write]
            await write()

    async def execute(self, statement: ClauseElement, values: Mapping[str, Any] = _NOTHING) -> Rows:
        """Run a statement made once. `values` are its bind parameters by name; a missing column is inserted as NULL."""
        known = compiled(statement)
        await self._catch_up_for(known.sql)
        arguments = known.arguments(values)
        if known.counts:
            status = await self._raw.execute(known.sql, *arguments)
            found = _STATUS_COUNT.search(status)
            return Rows((), int(found[1]) if found else 0)
        rows = await self._raw.fetch(known.sql, *arguments, record_class=Row)
        return Rows(rows, len(rows))

    async def execute_many(self, statement: ClauseElement, values: Sequence[Mapping[str, Any]]) -> None:
        """The statement once for each, in one round trip. Nothing comes back."""
        known = compiled(statement)
        await self._catch_up_for(known.sql)
        await self._raw.executemany(known.sql, [known.arguments(each) for each in values])

    async def pages(
        self, statement: ClauseElement, values: Mapping[str, Any] = _NOTHING, *, size: int = 1000
    ) -> AsyncIterator[Sequence[Row]]:
        """The rows, so many at a time, for what does not fit into memory. Only inside a transaction."""
        known = compiled(statement)
        await self._catch_up_for(known.sql)
        cursor = await self._raw.cursor(known.sql, *known.arguments(values), record_class=Row)
        while rows := await cursor.fetch(size):
            yield rows

    async def ask(self, sql: str, *arguments: Any) -> Rows:
        """Run a question that is written for each asking, with $1, $2, … Its form should be one of few."""
        await self._catch_up_for(sql)
        rows = await self._raw.fetch(sql, *arguments, record_class=Row)
        return Rows(rows, len(rows))

    async def run(self, sql: str, *arguments: Any) -> None:
        """Run plain SQL with $1, $2, …"""
        await self._catch_up_for(sql)
        await self._raw.execute(sql, *arguments)

    def keep_apart(self, keys: Iterable[Hashable]) -> None:
        """As `UnitOfWork.keep_apart`. Whoever has a transaction alone is apart from everybody."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """The connection, in a transaction that begins and ends here."""
        async with self._raw.transaction():
            yield self._raw


class Database:
    """The connections of the use cases. Opened with the first use; `close` ends them."""

    def __init__(self, dsn: str, *, size: int = 10) -> None:
        self._dsn = dsn
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def single(self) -> AsyncIterator[Session]:
        """For single statements, each its own transaction."""
        pool = self._pool or await self._open()
        async with pool.acquire(timeout=ACQUIRE_WITHIN) as raw:
            yield Session(raw)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """Commits on a clean exit, rolls back on an exception."""
        pool = self._pool or await self._open()
        async with pool.acquire(timeout=ACQUIRE_WITHIN) as raw, raw.transaction():
            session = Session(raw, ends=True)
            yield session
            await session.catch_up()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """For reading much: all statements see the same instant, whatever others commit meanwhile."""
        pool = self._pool or await self._open()
        async with (
            pool.acquire(timeout=ACQUIRE_WITHIN) as raw,
            raw.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Session(raw)

    async def close(self) -> None:
        """Safe to repeat. Waits for what is under way."""
        if self._pool is not None:
            await self._pool.close()

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                # Each connection plans a statement once. Left to itself, PostgreSQL plans those that take arrays again
                # and again, and for a card or a thread that takes it longer than the answer. Compiling a plan, or
                # starting processes for it, takes longer than any answer that somebody waits for.
                self._pool = await create_pool(
                    self._dsn,
                    size=self._size,
                    settings={
                        "plan_cache_mode": "force_generic_plan",
                        "jit": "off",
                        "max_parallel_workers_per_gather": "0",
                    },
                    setup=understand_json,
                )
            return self._pool


async def understand_json(connection: asyncpg.Connection) -> None:
    """Values for jsonb columns go in and come out as Python's."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
