"""The runner over a real queue: what is retried, parked, handed back and never lost."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from pgqueuer.domain.models import Job
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.errors import ChannelUnavailable, Refused
from emulators.waiting import until
from storage.database import Database
from storage.jobs import runner
from storage.jobs.enqueue import NewJob, enqueue
from storage.jobs.execution import Handler, Patience
from storage.jobs.parked import parked, retry
from storage.jobs.queue_statements import LONGEST_PAUSE
from storage.jobs.runner import run_jobs

QUICK = Patience(attempts=3, first_delay=0.02, longest_delay=0.1, run=5)


async def add(engine: AsyncEngine, *jobs: NewJob) -> None:
    store = Database(engine.url.render_as_string(hide_password=False), size=1)
    async with store.transaction() as session:
        await enqueue(session, jobs or [NewJob("work", b"{}")])
    await store.close()


async def queue(engine: AsyncEngine) -> list[tuple[str, int]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT status::text, attempts FROM pgqueuer ORDER BY id"))
        return [(row.status, row.attempts) for row in rows]


async def until_queue(engine: AsyncEngine, wanted: list[tuple[str, int]]) -> None:
    """Ends of jobs are written in small batches, a moment later."""

    async def is_so() -> bool:
        return await queue(engine) == wanted

    await until(is_so, f"a queue of {wanted}")


@contextlib.asynccontextmanager
async def working(
    dsn: str, handlers: Mapping[str, Handler], patience: Patience = QUICK, pace: runner.Pace = runner.PACE
) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_jobs(dsn, handlers, stop=stop, patience=patience, pace=pace))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(15):
            await task


class Work:
    """A handler that notes its runs and fails as told, then succeeds."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.runs: list[float] = []
        self.done = asyncio.Event()

    async def __call__(self, job: Job) -> None:
        self.runs.append(time.monotonic())
        if self.failures:
            raise self.failures.pop(0)
        self.done.set()


async def test_a_job_runs_once_and_leaves_the_queue(database: str, engine: AsyncEngine) -> None:
    work = Work()
    async with working(database, {"work": work}):
        await add(engine)
        await until_queue(engine, [])
    assert len(work.runs) == 1


async def test_a_failing_job_is_tried_again_until_it_works(database: str, engine: AsyncEngine) -> None:
    work = Work(ZeroDivisionError(), asyncio.CancelledError())
    await add(engine)
    async with working(database, {"work": work}):
        await until_queue(engine, [])
    assert len(work.runs) == 3


async def test_a_job_that_keeps_failing_is_parked_with_its_error_and_runs_again_when_told(
    database: str, engine: AsyncEngine
) -> None:
    work = Work(*[ZeroDivisionError("by zero [/]")] * 3)
    await add(engine, NewJob("work", b'{"inbox_id":7}'))
    async with working(database, {"work": work}):
        await until_queue(engine, [("failed", 2)])
        (job,) = await parked(engine)
        assert (job.name, job.payload, job.attempts) == ("work", '{"inbox_id":7}', 2)
        assert job.error == "ZeroDivisionError: by zero [/]"
        assert await retry(engine) == 1
        await until_queue(engine, [])
    assert (len(work.runs), await parked(engine)) == (4, [])


async def test_only_the_named_jobs_are_retried(database: str, engine: AsyncEngine) -> None:
    work = Work(Refused("No."), Refused("No."))
    await add(engine, NewJob("work", b"1"), NewJob("work", b"2"))
    async with working(database, {"work": work}):
        await until_queue(engine, [("failed", 0)] * 2)
    first, second = await parked(engine)
    assert (first.error, await retry(engine, [second.id])) == ("Refused: No.", 1)
    assert [job.id for job in await parked(engine)] == [first.id]
    assert await retry(engine, [second.id]) == 0


async def test_an_outage_waits_as_long_as_it_was_told_and_outlives_the_attempts(
    database: str, engine: AsyncEngine
) -> None:
    busy = ChannelUnavailable("Busy.", retry_after=0.3)
    work = Work(busy, busy, busy, busy)
    await add(engine)
    async with working(database, {"work": work}):
        await asyncio.wait_for(work.done.wait(), 40)
    pauses = [later - earlier for earlier, later in zip(work.runs, work.runs[1:], strict=False)]
    assert len(pauses) == 4
    assert all(0.3 <= pause < 8.0 for pause in pauses), pauses  # a poll later, on a machine that others may use too


async def test_a_deferred_job_runs_on_time(database: str, engine: AsyncEngine) -> None:
    work = Work()
    async with working(database, {"work": work}):
        began = time.monotonic()
        await add(engine, NewJob("work", b"{}", delay=timedelta(seconds=0.4)))
        await asyncio.wait_for(work.done.wait(), 10)
    assert work.runs[0] - began >= 0.4


async def test_no_more_jobs_run_at_once_than_allowed(database: str, engine: AsyncEngine) -> None:
    running, most = 0, 0

    async def count(_: Job) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    await add(engine, *[NewJob("work", b"{}")] * 200)
    async with working(database, {"work": count}):
        await until_queue(engine, [])
    assert 1 < most <= runner.CONCURRENCY


async def test_a_worker_with_much_in_hand_looks_for_more_at_a_steady_pace(database: str, engine: AsyncEngine) -> None:
    started: list[int] = []

    async def slow(job: Job) -> None:
        started.append(int(job.id))
        await asyncio.Event().wait()

    async def all_started(number: int) -> None:
        async def are() -> bool:
            return len(started) == number

        await until(are, f"{number} jobs in hand")

    await add(engine, *[NewJob("work", b"{}")] * 12)
    async with working(database, {"work": slow}, pace=runner.Pace(grace=0.1)):
        await all_started(12)
        store = Database(database, size=1)
        for _ in range(80):  # each commit announces one
            async with store.transaction() as session:
                await enqueue(session, [NewJob("work", b"{}")])
            await asyncio.sleep(0)
        await store.close()
        await all_started(92)
        async with engine.connect() as connection:  # what one look takes says so in one instant
            found = await connection.execute(
                text("SELECT DISTINCT updated FROM pgqueuer WHERE id > 12 ORDER BY updated")
            )
            looks = [row.updated for row in found]
    most = (looks[-1] - looks[0]) / timedelta(seconds=LONGEST_PAUSE)
    assert len(looks) - 1 <= most * 1.2, (len(looks), most)  # a look that waits for PostgreSQL is followed sooner


async def test_at_a_stop_running_jobs_go_back_and_nothing_is_deleted(database: str, engine: AsyncEngine) -> None:
    started = asyncio.Event()

    async def slow(_: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    await add(engine, *[NewJob("work", b"{}")] * 3)
    async with working(database, {"work": slow}, pace=runner.Pace(grace=0.1)):
        await asyncio.wait_for(started.wait(), 5)
    statuses = {status for status, _ in await queue(engine)}
    assert (statuses, len(await queue(engine))) == ({"queued"}, 3)
    work = Work()
    async with working(database, {"work": work}, Patience(crashes=1)):  # so it would be parked if it counted as one
        await until_queue(engine, [])
    assert len(work.runs) == 3


async def test_a_cancelled_worker_hands_its_jobs_back_too(database: str, engine: AsyncEngine) -> None:
    started = asyncio.Event()

    async def slow(_: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    await add(engine)
    task = asyncio.create_task(run_jobs(database, {"work": slow}, stop=asyncio.Event(), patience=QUICK))
    await asyncio.wait_for(started.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # It may have been begun once more before the worker had stopped.
    assert [status for status, _ in await queue(engine)] == ["queued"]
