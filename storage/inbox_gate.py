"""The web process's one statement: keep the provider's event and queue its job, both or neither.

Raw asyncpg, because this is the hot path. The statement writes PgQueuer's columns itself, so PgQueuer is pinned and
`tests/storage/jobs/test_enqueue.py` holds the two together.
"""

from datetime import datetime

import asyncpg

from storage.engine import create_pool

PATIENCE = 4.0  # seconds; Twilio waits 5 and asks again, so a later answer would be to nobody

_ACCEPT = """
    WITH event AS (
        INSERT INTO inbox (channel, key, url, body, received_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (channel, key) DO NOTHING
        RETURNING id, received_at
    ), job AS (
        INSERT INTO pgqueuer (priority, entrypoint, payload, status)
        SELECT $6, $7, convert_to(json_build_object('inbox_id', id, 'at', received_at)::text, 'UTF8'), 'queued'
        FROM event
    )
    SELECT count(*) FROM event
"""


class InboxGate:
    """Accepts events. `job` is the name of the job that files them."""

    def __init__(self, pool: asyncpg.Pool, *, job: str, priority: int) -> None:
        self._pool = pool
        self._job = job
        self._priority = priority

    @classmethod
    async def open(cls, dsn: str, *, job: str, priority: int, size: int = 8) -> "InboxGate":
        return cls(await create_pool(dsn, size=size, reset=False, patience=PATIENCE), job=job, priority=priority)

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        """True if the event is new. Raises OSError or asyncpg.PostgresError when the database is away."""
        count = await self._pool.fetchval(_ACCEPT, channel, key, url, body, now, self._priority, self._job)
        return bool(count)

    async def ready(self) -> None:
        """Raises what `accept` would raise."""
        await self._pool.fetchval("SELECT 1")

    async def close(self) -> None:
        await self._pool.close()
