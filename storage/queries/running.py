"""What runs on this database now, as the database itself sees it: workers, the clock, work still to be done."""

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

# A worker keeps one connection for being told of new jobs, and it never says anything else.
_WORKERS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN %' AND application_name = 'threadline'
""")

_LOCKED = text("""
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
        AND (classid::bigint << 32) | objid::bigint = :lock
""")

_UNFINISHED = text("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'")


async def workers(engine: AsyncEngine) -> int:
    """How many workers wait for jobs."""
    return await _count(engine, _WORKERS)


async def is_locked(engine: AsyncEngine, lock: int) -> bool:
    """Whether some session holds this advisory lock: whether a clock is elected, say."""
    return bool(await _count(engine, _LOCKED, lock=lock))


async def unfinished_jobs(engine: AsyncEngine) -> int:
    """How many jobs wait or run. Parked ones are not counted: `storage/jobs/parked.py` lists them."""
    return await _count(engine, _UNFINISHED)


async def _count(engine: AsyncEngine, query: TextClause, **parameters: int) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(query, parameters)).scalar_one())
