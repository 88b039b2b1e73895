"""Jobs that keep failing are parked where people can see them, and run again when people say so."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class ParkedJob:
    id: int
    name: str
    payload: str
    attempts: int
    created: datetime
    error: str


_LIST = text("""
    SELECT job.id, job.entrypoint, job.payload, job.attempts, job.created, log.traceback
    FROM pgqueuer AS job
    LEFT JOIN LATERAL (
        SELECT traceback FROM pgqueuer_log
        WHERE job_id = job.id AND traceback IS NOT NULL ORDER BY created DESC LIMIT 1
    ) AS log ON true
    WHERE job.status = 'failed'
    ORDER BY job.id
    LIMIT :limit
""")

# Why: the error of the newest failure of each.
_REASONS = text("""
    SELECT log.traceback ->> 'exception_message' AS words, count(*) AS jobs
    FROM pgqueuer AS job
    CROSS JOIN LATERAL (
        SELECT traceback::jsonb AS traceback FROM pgqueuer_log
        WHERE job_id = job.id AND traceback IS NOT NULL ORDER BY created DESC LIMIT 1
    ) AS log
    WHERE job.status = 'failed' AND log.traceback ->> 'exception_type' = :kind
    GROUP BY 1
    ORDER BY 2 DESC, 1
    LIMIT :limit
""")

_COUNT = text("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")

# A held job has no twin that could be queued: we never set a dedupe key.
_RETRY = text("""
    WITH again AS (
        UPDATE pgqueuer
        SET status = 'queued', attempts = 0, execute_after = now(), updated = now(), queue_manager_id = NULL
        WHERE status = 'failed' AND (:all OR id = ANY(:ids) OR split_part(entrypoint, '.', 2) = :consequence)
        RETURNING id
    ), forgotten AS (DELETE FROM job_start USING again WHERE job_start.job_id = again.id)
    SELECT count(*) FROM again
""")


async def parked(engine: AsyncEngine, *, limit: int = 100) -> Sequence[ParkedJob]:
    """Oldest first."""
    async with engine.connect() as connection:
        rows = await connection.execute(_LIST, {"limit": limit})
        return [
            ParkedJob(
                row.id,
                row.entrypoint,
                bytes(row.payload or b"").decode(errors="replace"),
                row.attempts,
                row.created,
                _words(row),
            )
            for row in rows
        ]


def _words(row: object) -> str:
    traceback = getattr(row, "traceback", None)
    if isinstance(traceback, str):
        traceback = json.loads(traceback)
    if not isinstance(traceback, dict):
        return ""
    return f"{traceback.get('exception_type', '')}: {traceback.get('exception_message', '')}"


async def reasons(engine: AsyncEngine, kind: type[Exception], *, limit: int = 20) -> Sequence[tuple[str, int]]:
    """What errors of this kind say, each once, with the number of jobs that are parked for it; most first."""
    async with engine.connect() as connection:
        rows = await connection.execute(_REASONS, {"kind": kind.__name__, "limit": limit})
        return [(row.words, row.jobs) for row in rows]


async def count_parked(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(_COUNT)).scalar_one())


async def retry(engine: AsyncEngine, ids: Sequence[int] | None = None) -> int:
    """Queue parked jobs again, all of them or those named. How many there were."""
    async with engine.begin() as connection:
        values = {"all": ids is None, "ids": list(ids or ()), "consequence": None}
        return int((await connection.execute(_RETRY, values)).scalar_one())


async def retry_consequence(engine: AsyncEngine, name: str) -> int:
    """Queue the parked jobs of one consequence again, whatever event they follow from. How many there were."""
    async with engine.begin() as connection:
        values = {"all": False, "ids": [], "consequence": name}
        return int((await connection.execute(_RETRY, values)).scalar_one())
