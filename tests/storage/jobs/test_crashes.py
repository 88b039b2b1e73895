"""Processes die and PostgreSQL restarts: jobs go on, and one that kills its worker is parked."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import asyncpg
from pgqueuer.domain.models import Job
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from emulators.waiting import until
from storage.jobs import runner
from storage.jobs.enqueue import NewJob
from storage.jobs.parked import parked
from tests.storage.jobs.test_runner import QUICK, Work, add, queue, until_queue, working

ROOT = Path(__file__).resolve().parents[3]

# The worst handler takes its process down. Forked, because importing everything three times takes longer than dying.
# Each worker has a heartbeat so short that the next one need not wait for the job.
BRISK = runner.Pace(heartbeat=timedelta(seconds=0.4))

DIES = """
import asyncio, os, sys
from datetime import timedelta
from storage.jobs import runner

async def die(job):
    os._exit(9)

async def beside(job):
    await asyncio.sleep(0.05)

pace = runner.Pace(poll=timedelta(seconds=0.1), heartbeat=timedelta(seconds=0.4))
for crash in range(3):
    child = os.fork()
    if child == 0:
        jobs = {"work": die, "beside": beside}
        asyncio.run(runner.run_jobs(sys.argv[1], jobs, stop=asyncio.Event(), pace=pace))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


async def test_a_job_that_takes_its_process_down_is_parked_after_three_times(
    database: str, engine: AsyncEngine
) -> None:
    await add(engine)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, database, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert output.split() == [b"9", b"9", b"9"]
    assert await queue(engine) == [("picked", 0)]
    work = Work()
    async with working(database, {"work": work}, pace=BRISK):
        await until_queue(engine, [("failed", 0)])
    (job,) = await parked(engine)
    assert (job.error, work.runs) == ("CrashLoop: work took its process down 3 times; parked.", [])


async def test_what_ran_beside_it_is_not_parked_with_it(database: str, engine: AsyncEngine) -> None:
    await add(engine, *(NewJob("beside", b"{}") for _ in range(6)), NewJob("work", b"{}", priority=1))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DIES, database, cwd=ROOT)
    await asyncio.wait_for(process.wait(), 60)
    async with working(database, {"work": Work(), "beside": Work()}, pace=BRISK):
        await until_queue(engine, [("failed", 0)])
    assert [job.name for job in await parked(engine)] == ["work"]


async def _end_all_connections(engine: AsyncEngine) -> None:
    """As a restart of PostgreSQL does to everybody."""
    async with engine.connect() as connection:
        await connection.execute(
            text("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        )


async def test_when_all_connections_break_while_idle_the_worker_goes_on(database: str, engine: AsyncEngine) -> None:
    before, after = Work(), Work()
    async with working(database, {"before": before, "after": after}):
        await add(engine, NewJob("before", b"{}"))
        await asyncio.wait_for(before.done.wait(), 10)
        await _end_all_connections(engine)
        await add(engine, NewJob("after", b"{}"))
        await asyncio.wait_for(after.done.wait(), 20)


async def test_a_job_that_fails_because_the_database_went_away_is_not_parked_however_often(
    database: str, engine: AsyncEngine
) -> None:
    """Its retry cannot be noted either: neither a failure of the job, nor a death of its process."""
    runs, away = 0, asyncio.Event()

    async def fails_with_the_database(_: Job) -> None:
        nonlocal runs
        runs += 1
        if runs <= 4:
            await _refuse_connections(engine, allow=False)
            away.set()
            raise ConnectionError("the database went away")

    await add(engine)
    with capture_logs() as said:

        def not_noted() -> int:
            return sum(entry["event"] == "job_retry_not_noted" for entry in said)

        async with working(database, {"work": fails_with_the_database}, QUICK, BRISK):
            for outage in range(1, 5):
                await asyncio.wait_for(away.wait(), 20)
                away.clear()
                await until(lambda n=outage: not_noted() >= n, "its retry, which cannot be noted")  # type: ignore[misc]
                await _refuse_connections(engine, allow=True)
            await until_queue(engine, [])
    assert (runs, await parked(engine)) == (5, [])


async def _refuse_connections(engine: AsyncEngine, *, allow: bool) -> None:
    """From outside, as an administrator of another database would."""
    url = engine.url.set(drivername="postgresql")
    name = url.database
    admin = await asyncpg.connect(url.set(database="postgres").render_as_string(hide_password=False))
    try:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {"true" if allow else "false"}')
        if not allow:
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    finally:
        await admin.close()
