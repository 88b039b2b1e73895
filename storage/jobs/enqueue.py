"""The one enqueue function. A job stands and falls with the transaction that the caller has open."""

from collections.abc import Hashable, Iterable, Sequence
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
    """`payload` holds ids and instants only. Higher `priority` runs first. `same`: those of one transaction with
    the same here are one job, as are those that are equal.
    """

    name: str
    payload: bytes
    delay: timedelta = _NOW
    priority: int = 0
    same: Hashable = None


def each_once(jobs: Iterable[NewJob]) -> list[NewJob]:
    """The jobs of a transaction without what would be done again. Of the same ones the most urgent stays, and what it
    finds is all that was committed: so the others would find nothing more.
    """
    found: dict[Hashable, NewJob] = {}
    for job in jobs:
        key = job if job.same is None else job.same
        if key not in found or job.priority > found[key].priority:
            found[key] = job
    return list(found.values())


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
