"""How far Slack's cards are behind: one number for the home tab, `threadline doctor` and Prometheus."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import Text

from storage.database import Session

# The oldest of each kind of job, for all of a kind have the same priority; and what workers have in hand, which is not
# much. In this order only the queue's index by kinds has them: asked for one kind, PostgreSQL may go through all jobs.
# By PostgreSQL's clock, for that dated them. Parked jobs wait for people: the doctor counts those by themselves.
_BEHIND = text("""
    SELECT greatest(now() - min(created), interval '0') AS behind FROM (
        SELECT oldest.created FROM unnest(:jobs) AS job (name) CROSS JOIN LATERAL (
            SELECT entrypoint, created FROM pgqueuer WHERE status = 'queued' AND entrypoint >= job.name
            ORDER BY entrypoint, priority DESC, id LIMIT 1
        ) AS oldest
        WHERE oldest.entrypoint = job.name
        UNION ALL
        SELECT created FROM pgqueuer WHERE status = 'picked' AND entrypoint = ANY(:jobs)
    ) AS waiting
""").bindparams(bindparam("jobs", type_=ARRAY(Text)))


async def cards_behind(session: Session, jobs: Collection[str]) -> timedelta:
    """The age of the oldest change that waits to be shown; none waits: zero. `jobs`: the names of those that show."""
    return (await session.execute(_BEHIND, {"jobs": list(jobs)})).one().behind or timedelta()


async def behind(engine: AsyncEngine, jobs: Collection[str]) -> timedelta:
    """The same, for who has no session."""
    async with engine.connect() as connection:
        return (await connection.execute(_BEHIND, {"jobs": list(jobs)})).one().behind or timedelta()
