"""The web process's one statement: keep the provider's event and queue its job, both or neither.

Raw asyncpg, because this is the hot path. Events that arrive while a statement runs share the next one: nobody waits
for company, and under load most of the database's work is shared (docs/decisions/0009). The statement writes PgQueuer's
columns itself, so PgQueuer is pinned and `tests/storage/jobs/test_enqueue.py` holds the two together.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from storage.engine import DATABASE_AWAY, create_pool

PATIENCE = 4.0  # seconds; Twilio waits 5 and asks again, so a later answer would be to nobody
MOST_AT_ONCE = 64

ACCEPT = """
    WITH event AS (
        INSERT INTO inbox (channel, key, url, body, received_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[])
        ON CONFLICT (channel, key) DO NOTHING
        RETURNING id, channel, key, received_at
    ), job AS (
        INSERT INTO pgqueuer (priority, entrypoint, payload, status)
        SELECT $6, $7, convert_to(json_build_object('inbox_id', id, 'at', received_at)::text, 'UTF8'), 'queued'
        FROM event
    )
    SELECT channel, key FROM event
"""


@dataclass(frozen=True, slots=True)
class _Event:
    """An event that waits to be stored. `stored` becomes True if it is new, False if it is known."""

    channel: str
    key: str
    url: str
    body: bytes
    received_at: datetime
    stored: asyncio.Future[bool]


class InboxGate:
    """Accepts events. `job` is the name of the job that files them.

    `unavailable` makes of whatever went wrong what `accept` raises.
    """

    def __init__(
        self, pool: asyncpg.Pool, *, job: str, priority: int, unavailable: Callable[[Exception], Exception]
    ) -> None:
        self._pool = pool
        self._job = job
        self._priority = priority
        self._unavailable = unavailable
        self._waiting: list[_Event] = []
        self._writing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, dsn: str, *, job: str, priority: int, unavailable: Callable[[Exception], Exception]
    ) -> "InboxGate":
        # One connection writes, one answers whether the database is there.
        pool = await create_pool(dsn, size=2, patience=PATIENCE)
        return cls(pool, job=job, priority=priority, unavailable=unavailable)

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        """True if the event is new. Raises what `unavailable` makes when the database is away."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # PostgreSQL's text holds no NUL; the body is kept as it came.
        self._waiting.append(_Event(channel, _text(key), _text(url), body, now, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await stored

    async def _write(self) -> None:
        # Nothing is awaited between the last look at who waits and the end: whoever comes later starts a new writer.
        while self._waiting:
            try:
                async with self._pool.acquire(timeout=PATIENCE) as connection:
                    while self._waiting:
                        await self._store_some(connection)
            except Exception as error:  # whatever it is, those who wait have to hear it
                told, self._waiting = self._waiting, []
                self._tell(told, error)

    async def _store_some(self, connection: asyncpg.Connection) -> None:
        events, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            await self._store(events, connection)
        except Exception as error:
            self._tell(events, error)
            raise

    def _tell(self, events: Sequence[_Event], error: Exception) -> None:
        for event in events:
            if not event.stored.done():  # its sender may have hung up
                event.stored.set_exception(self._unavailable(error))

    async def _store(self, events: Sequence[_Event], connection: asyncpg.Connection) -> None:
        # In one order everywhere: two processes that store the same events never wait for one another in a circle.
        ordered = sorted(events, key=lambda event: (event.channel, event.key))
        columns = (
            [event.channel for event in ordered],
            [event.key for event in ordered],
            [event.url for event in ordered],
            [event.body for event in ordered],
            [event.received_at for event in ordered],
        )
        rows = await connection.fetch(ACCEPT, *columns, self._priority, self._job)
        new = {(row["channel"], row["key"]) for row in rows}
        for event in ordered:
            this = (event.channel, event.key)
            if not event.stored.done():
                event.stored.set_result(this in new)
            new.discard(this)  # the same event twice in one statement is new once

    async def problem(self) -> str | None:
        """Why events cannot be accepted now; None: they can."""
        try:
            await self._pool.fetchval("SELECT 1")
        except DATABASE_AWAY as error:
            return f"The database does not answer: {error}"
        return None

    async def close(self) -> None:
        """What waits is stored first."""
        if self._writing is not None:
            await self._writing
        await self._pool.close()


def _text(value: str) -> str:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
