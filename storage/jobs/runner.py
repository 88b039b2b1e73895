"""Runs jobs until told to stop. PgQueuer with the settings that its defaults get wrong:

it polls every second (retries and dead workers' jobs are not announced), bounds its concurrency, parks what fails,
counts runs that died with their process, hands running jobs back at a stop, and comes back when PostgreSQL restarts.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.domain.errors import FailingListenerError

from core.sharing import SharedRounds
from storage.engine import DATABASE_AWAY, create_pool
from storage.jobs.execution import SUSPICIOUS, Execution, GivenUp, Handback, Handler, Patience
from storage.jobs.queue_statements import QueueStatements, Runs

CONCURRENCY = 100
BATCH = 50
LONGEST_PAUSE = 5.0
HEARING_TEST = 5.0  # seconds between two, and for the answer of one

# Attempts count the runs that ended; whatever else was started died with its process.
_BEGIN = """
    WITH job AS (SELECT * FROM unnest($1::bigint[], $2::int[]) AS job (id, attempts)),
        before AS (SELECT job_id, starts FROM job_start WHERE job_id = ANY($1)),
        begun AS (
            INSERT INTO job_start AS known (job_id, starts) SELECT id, 1 FROM job ORDER BY id
            ON CONFLICT (job_id) DO UPDATE SET starts = CASE
                WHEN known.starts >= $3 + (SELECT attempts FROM job WHERE job.id = known.job_id) THEN known.starts
                ELSE known.starts + 1 END
        )
    SELECT job.id, coalesce(before.starts, 0) - job.attempts AS deaths
    FROM job LEFT JOIN before ON before.job_id = job.id
"""
_COUNT = "UPDATE job_start SET starts = starts + 1 WHERE job_id = $1"
# A run that ended while PostgreSQL was away left no attempt, and would look as if its process had died.
_TAKE_BACK = """
    WITH ended AS (SELECT job_id, count(*) AS runs FROM unnest($1::bigint[]) AS job_id GROUP BY job_id),
        known AS (
            SELECT job_id FROM job_start WHERE job_id = ANY($1) ORDER BY job_id FOR NO KEY UPDATE
        )
    UPDATE job_start SET starts = starts - ended.runs
    FROM ended JOIN known USING (job_id) WHERE job_start.job_id = ended.job_id
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a worker waits, and for what."""

    poll: timedelta = timedelta(seconds=1)  # between two looks for jobs that nobody told of
    heartbeat: timedelta = timedelta(seconds=10)  # a dead worker's jobs start elsewhere after at most this and a poll
    grace: float = 8.0  # seconds running jobs get to finish at a stop


PACE = Pace()


@dataclass(frozen=True, slots=True)
class _Jobs:
    """By their names."""

    handlers: Mapping[str, Handler]
    given_up: Mapping[str, GivenUp]


_UNHEARD: tuple[type[Exception], ...] = (FailingListenerError, *DATABASE_AWAY)

log = structlog.get_logger()


async def run_jobs(
    dsn: str,
    handlers: Mapping[str, Handler],
    *,
    stop: asyncio.Event,
    given_up: Mapping[str, GivenUp] | None = None,
    patience: Patience | None = None,
    pace: Pace = PACE,
) -> None:
    """Until `stop` is set; then running jobs get a grace, and what still runs goes back to the queue. `given_up`: what
    follows where a job of this name is parked.
    """
    pause = 0.1
    unnoted: Runs = set()
    while not stop.is_set():
        try:
            await _run_once(dsn, _Jobs(handlers, given_up or {}), stop, patience or Patience(), pace, unnoted)
            pause = 0.1
        except Exception as error:  # PostgreSQL went away, or its listener did
            log.warning("worker_lost_database", error=repr(error), retry_in=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _run_once(dsn: str, jobs: _Jobs, stop: asyncio.Event, patience: Patience, pace: Pace, unnoted: Runs) -> None:
    # Not waiting for the disk costs nothing here: a job whose end is forgotten runs again, and handlers bear that.
    pool = await create_pool(dsn, size=6, settings={"synchronous_commit": "off"})
    try:
        driver = AsyncpgPoolDriver(pool)
        queries = QueueStatements(driver, unnoted=unnoted)
        queuer = PgQueuer(driver, queries=queries)
        queries.in_hand = queuer.qm.job_context
        handback, starts = Handback(), PoolStarts(pool, unnoted)
        await starts.take_back()  # before another worker counts them, too
        for name, handler in jobs.handlers.items():
            queuer.entrypoint(
                name,
                on_failure="hold",
                accepts_context=False,
                executor_factory=partial(
                    Execution,
                    starts=starts,
                    patience=patience,
                    handback=handback,
                    given_up=jobs.given_up.get(name),
                ),
            )(handler)
        await _until_stopped(queuer, handback, stop, pace)
    finally:
        await _close(pool)


async def _until_stopped(queuer: PgQueuer, handback: Handback, stop: asyncio.Event, pace: Pace) -> None:
    running = asyncio.create_task(
        queuer.run(
            dequeue_timeout=pace.poll,
            batch_size=BATCH,
            max_concurrent_tasks=CONCURRENCY,
            # Its own check asks before it listens, and takes the missing answer of a busy start for a lost listener.
            shutdown_on_listener_failure=False,
            heartbeat_timeout=pace.heartbeat,
            log_aggregation_interval=timedelta(0),  # nobody reads the statistics, and they cost an update a job
        )
    )
    stopping = asyncio.create_task(stop.wait())
    deaf = asyncio.create_task(_until_deaf(queuer))
    try:
        await asyncio.wait((running, stopping, deaf), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            queuer.shutdown.set()  # never cancel run(): PgQueuer deletes jobs that are cancelled
            await asyncio.wait((running,), timeout=pace.grace)
            handback.event.set()
        await running
        if deaf.done() and not stop.is_set():
            raise FailingListenerError
    finally:  # also when we are cancelled: jobs must not outlive the pool that notes their end
        stopping.cancel()
        deaf.cancel()
        queuer.shutdown.set()
        handback.event.set()
        if not running.done():
            await asyncio.wait((running,))


async def _until_deaf(queuer: PgQueuer) -> None:
    """Returns when PostgreSQL's announcements no longer arrive: jobs would only be found by polling."""
    missed = 0
    while missed < 2:
        await asyncio.sleep(HEARING_TEST)
        try:
            await queuer.qm.listener_healthy(timedelta(seconds=HEARING_TEST))
            missed = 0
        except _UNHEARD:
            missed += 1


class PoolStarts:
    """Starts as PostgreSQL keeps them, so that they outlive this process.

    `unnoted` are runs that ended here without PostgreSQL's knowledge: no deaths, so their starts do not count.
    """

    def __init__(self, pool: asyncpg.Pool, unnoted: Runs) -> None:
        self._pool = pool
        self._unnoted = unnoted
        self._begun = SharedRounds(pool.acquire, self._begin, most=BATCH)
        self.suspects = asyncio.Lock()

    async def begin(self, job_id: int, attempts: int) -> int:
        return await self._begun.do((job_id, attempts))

    async def _begin(self, connection: asyncpg.Connection, jobs: Sequence[tuple[int, int]]) -> Sequence[int]:
        attempts = dict(jobs)
        await self._take_back(connection)
        rows = await connection.fetch(_BEGIN, list(attempts), list(attempts.values()), SUSPICIOUS)
        deaths = {row["id"]: int(row["deaths"]) for row in rows}
        return [deaths[job_id] for job_id, _ in jobs]

    async def take_back(self) -> None:
        async with self._pool.acquire() as connection:
            await self._take_back(connection)

    async def _take_back(self, connection: asyncpg.Connection) -> None:
        if not self._unnoted:
            return
        runs = set(self._unnoted)
        self._unnoted.clear()
        try:
            await connection.execute(_TAKE_BACK, [job_id for job_id, _ in runs])
        except BaseException:
            self._unnoted.update(runs)
            raise

    async def count(self, job_id: int) -> None:
        await self._pool.execute(_COUNT, job_id)


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), 5)
    except DATABASE_AWAY:
        pool.terminate()
