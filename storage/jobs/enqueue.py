"""The one enqueue function. A job stands and falls with the transaction that the caller has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
from sqlalchemy.ext.asyncio import AsyncConnection

_NOW = timedelta()
# Through SQLAlchemy, not around it: on its raw connection the job would be committed even when the caller rolls back,
# because SQLAlchemy opens the transaction with its own first statement.
_ENQUEUE = QueryQueueBuilder().build_enqueue_query("skip")


@dataclass(frozen=True, slots=True)
class NewJob:
    """`payload` holds ids and instants only. Higher `priority` runs first."""

    name: str
    payload: bytes
    delay: timedelta = _NOW
    priority: int = 0


async def enqueue(connection: AsyncConnection, jobs: Sequence[NewJob]) -> None:
    """Add the jobs; they start after the caller's commit, and never without it."""
    if not jobs:
        return
    arguments = (
        [job.priority for job in jobs],
        [job.name for job in jobs],
        [job.payload for job in jobs],
        [job.delay for job in jobs],
        [None] * len(jobs),
        ["null"] * len(jobs),
    )
    await connection.exec_driver_sql(_ENQUEUE, arguments)
