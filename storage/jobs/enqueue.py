"""The one enqueue function. A job stands and falls with the transaction that the caller has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from storage.database import Session

_NOW = timedelta()
# What PgQueuer's own statement does, less its row in the job log, which we never read: half the time, and there are
# two of these a message. It writes PgQueuer's columns, so PgQueuer is pinned and a test holds the two together.
_ENQUEUE = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, status)
    SELECT priority, entrypoint, payload, now() + delay, 'queued'
    FROM unnest($1::int[], $2::text[], $3::bytea[], $4::interval[]) AS job (priority, entrypoint, payload, delay)
"""


@dataclass(frozen=True, slots=True)
class NewJob:
    """`payload` holds ids and instants only. Higher `priority` runs first."""

    name: str
    payload: bytes
    delay: timedelta = _NOW
    priority: int = 0


async def enqueue(session: Session, jobs: Sequence[NewJob]) -> None:
    """Add the jobs; they start after the caller's commit, and never without it."""
    if not jobs:
        return
    await session.run(
        _ENQUEUE,
        [job.priority for job in jobs],
        [job.name for job in jobs],
        [job.payload for job in jobs],
        [job.delay for job in jobs],
    )
