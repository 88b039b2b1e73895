"""The web process's one statement: keep the provider's event and queue its job, both or neither.

Raw asyncpg, because this is the hot path, and under load many events share one statement (docs/decisions/0009). The
statement writes PgQueuer's columns itself, so PgQueuer is pinned and `tests/storage/jobs/test_enqueue.py` holds the two
together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from core.sharing import SharedRounds
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
        FROM event ORDER BY received_at, id
    )
    SELECT channel, key FROM event
"""


@dataclass(frozen=True, slots=True)
class _Event:
    channel: str
    key: str
    url: str
    body: bytes
    received_at: datetime


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
        self._events = SharedRounds(lambda: pool.acquire(timeout=PATIENCE), self._store, most=MOST_AT_ONCE)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        job: str,
        priority: int,
        unavailable: Callable[[Exception], Exception],
        patience: float = PATIENCE,
    ) -> "InboxGate":
        """`patience` is how long one statement may take, in seconds."""
        # One connection writes, one answers whether the database is there.
        pool = await create_pool(dsn, size=2, patience=patience)
        return cls(pool, job=job, priority=priority, unavailable=unavailable)

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        """True if the event is new, False if it is known. Raises what `unavailable` makes when the database is away."""
        # PostgreSQL's text holds no NUL; the body is kept as it came.
        event = _Event(channel, _text(key), _text(url), body, now)
        try:
            return await self._events.do(event)
        except Exception as error:
            raise self._unavailable(error) from error

    async def _store(self, connection: asyncpg.Connection, events: Sequence[_Event]) -> Sequence[bool]:
        # In one order everywhere: two processes that store the same events never wait for one another in a circle.
        # Their jobs stand in the order of arrival: a burst that is cut short has the first of its messages, not any.
        ordered = sorted(events, key=lambda event: (event.channel, event.key))
        columns = (
            [event.channel for event in ordered],
            [event.key for event in ordered],
            [event.url for event in ordered],
            [event.body for event in ordered],
            [event.received_at for event in ordered],
        )
        rows = await connection.fetch(ACCEPT, *columns, self._priority, self._job)
        unclaimed = {(row["channel"], row["key"]) for row in rows}
        return [_claim(unclaimed, event) for event in events]

    async def problem(self) -> str | None:
        """Why events cannot be accepted now; None: they can."""
        try:
            await self._pool.fetchval("SELECT 1")
        except DATABASE_AWAY as error:
            return f"The database does not answer: {error}"
        return None

    async def close(self) -> None:
        """What waits is stored first."""
        await self._events.finish()
        await self._pool.close()


def _claim(unclaimed: set[tuple[str, str]], event: _Event) -> bool:
    """Whether the event is new. The same event twice in one statement is new once."""
    this = (event.channel, event.key)
    is_new = this in unclaimed
    unclaimed.discard(this)
    return is_new


def _text(value: str) -> str:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
