"""One run of one job: what its failure means. No database: what the runs before came to is handed in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import anyio
import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgqueuer.core.executors import EntrypointExecutorParameters
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context, Job

from core.errors import ChannelUnavailable, Refused, Throttled
from storage.jobs.execution import CrashLoop, Execution, GivenUp, Handback, Handler, Patience
from tests.factories import unhurried

PATIENCE = Patience(attempts=3, outage=timedelta(hours=1), crashes=3, first_delay=0.5, longest_delay=8, run=30)


def a_job(*, attempts: int = 0, age: timedelta = timedelta()) -> Job:
    created = datetime.now(UTC) - age
    values: dict[str, Any] = {
        "id": 1,
        "priority": 0,
        "created": created,
        "updated": created,
        "heartbeat": created,
        "execute_after": created,
        "status": "picked",
        "entrypoint": "Something.follows",
        "payload": b"{}",
        "queue_manager_id": uuid4(),
        "attempts": attempts,
        "headers": None,
        "dedupe_key": None,
    }
    return Job(**values)


class Counted:
    """Starts that were counted elsewhere."""

    def __init__(self, starts: int | Exception) -> None:
        self.suspects = asyncio.Lock()
        self._starts = starts

    async def begin(self, job_id: int, attempts: int) -> int:
        if isinstance(self._starts, Exception):
            raise self._starts
        return self._starts - 1 - attempts

    async def count(self, job_id: int) -> None:
        """This one always counts the same."""


async def run(
    handler: Handler,
    job: Job,
    *,
    starts: int | Exception | None = None,
    handback: Handback | None = None,
    patience: Patience = PATIENCE,
    given_up: GivenUp | None = None,
) -> None:
    """`starts` counts this run too; by default every earlier run has ended."""

    parameters = EntrypointExecutorParameters(concurrency_limit=0, func=handler, on_failure="hold")
    execution = Execution(
        parameters,
        starts=Counted(job.attempts + 1 if starts is None else starts),
        patience=patience,
        handback=handback or Handback(),
        given_up=given_up,
    )
    await execution.execute(job, Context(cancellation=anyio.CancelScope()))


def failing(error: BaseException) -> Handler:
    async def handler(_: Job) -> None:
        raise error

    return handler


async def succeed(_: Job) -> None:
    pass


class Heard:
    """What follows where a job is parked; it fails itself as told."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.errors: list[Exception] = []

    async def __call__(self, _: Job, error: Exception) -> None:
        self.errors.append(error)
        if self.failure is not None:
            raise self.failure


class TestGivingUp:
    async def test_what_is_parked_is_told_with_its_error(self) -> None:
        heard = Heard()
        with pytest.raises(Refused, match="No"):
            await run(failing(Refused("No.")), a_job(), given_up=heard)
        assert [str(error) for error in heard.errors] == ["No."]

    async def test_a_job_that_takes_its_process_down_is_told_too(self) -> None:
        heard = Heard()
        with pytest.raises(CrashLoop):
            await run(succeed, a_job(), starts=PATIENCE.crashes + 1, given_up=heard)
        assert [type(error) for error in heard.errors] == [CrashLoop]

    async def test_what_is_tried_again_is_not(self) -> None:
        heard = Heard()
        for failure in (ZeroDivisionError(), ChannelUnavailable("Away."), asyncio.CancelledError()):
            with pytest.raises(RetryRequested):
                await run(failing(failure), a_job(), given_up=heard)
        await run(succeed, a_job(), given_up=heard)
        assert heard.errors == []

    async def test_where_the_database_is_away_it_is_told_later(self) -> None:
        with pytest.raises(RetryRequested):
            await run(failing(Refused("No.")), a_job(), given_up=Heard(ConnectionRefusedError()))

    async def test_that_it_cannot_be_told_hides_nothing(self) -> None:
        with pytest.raises(Refused, match="No"):
            await run(failing(Refused("No.")), a_job(), given_up=Heard(ZeroDivisionError()))


class TestExecute:
    async def test_a_bug_is_tried_again_later_and_later(self) -> None:
        for attempts, longest in ((0, 0.5), (1, 1.0)):
            with pytest.raises(RetryRequested) as retry:
                await run(failing(ZeroDivisionError("by zero")), a_job(attempts=attempts))
            assert longest / 2 <= retry.value.delay.total_seconds() <= longest
            assert "by zero" in str(retry.value.reason)

    async def test_a_bug_that_stays_is_parked_with_its_own_error(self) -> None:
        with pytest.raises(ZeroDivisionError):
            await run(failing(ZeroDivisionError()), a_job(attempts=PATIENCE.attempts - 1))

    async def test_a_refusal_of_ours_is_parked_at_once(self) -> None:
        with pytest.raises(Refused):
            await run(failing(Refused("No.")), a_job())

    async def test_an_outage_waits_as_long_as_the_provider_asks(self) -> None:
        with pytest.raises(RetryRequested) as retry:
            await run(failing(ChannelUnavailable("Busy.", retry_after=45)), a_job())
        assert retry.value.delay >= timedelta(seconds=45)

    @pytest.mark.parametrize(
        "error", [ChannelUnavailable("Away."), ConnectionRefusedError()], ids=["Slack", "database"]
    )
    @pytest.mark.parametrize(("age", "longest"), [(timedelta(minutes=4), 15), (timedelta(minutes=6), 45)])
    async def test_once_an_outage_is_over_nothing_is_late_for_long(
        self, error: Exception, age: timedelta, longest: float
    ) -> None:
        delays = set()
        for _ in range(20):
            with pytest.raises(RetryRequested) as retry:
                await run(failing(error), a_job(attempts=30, age=age), patience=Patience())
            delays.add(retry.value.delay.total_seconds())
        assert longest / 2 <= min(delays) < max(delays) <= longest

    async def test_a_provider_that_asks_for_more_than_that_gets_it(self) -> None:
        with pytest.raises(RetryRequested) as retry:
            await run(failing(ChannelUnavailable("Away.", retry_after=90)), a_job(attempts=30), patience=Patience())
        assert retry.value.delay == timedelta(seconds=90)

    async def test_what_is_held_back_comes_back_at_its_appointment_however_often_it_was(self) -> None:
        with pytest.raises(RetryRequested) as retry:
            await run(failing(Throttled("Full.", retry_after=1.5)), a_job(attempts=20))
        assert retry.value.delay == timedelta(seconds=1.5)

    @pytest.mark.parametrize(("age", "is_tried"), [(timedelta(days=3), True), (timedelta(days=5), False)])
    async def test_an_outage_lasts_as_long_as_its_channel_has_patience(self, age: timedelta, is_tried: bool) -> None:
        error = ChannelUnavailable("Greylisted.")
        error.patience = timedelta(days=4)
        with pytest.raises(RetryRequested if is_tried else ChannelUnavailable):
            await run(failing(error), a_job(attempts=500, age=age))

    async def test_an_outage_outlives_the_attempts_of_a_bug(self) -> None:
        with pytest.raises(RetryRequested):
            await run(failing(ChannelUnavailable("Away.")), a_job(attempts=500, age=timedelta(minutes=59)))

    @pytest.mark.parametrize(
        "error",
        [
            asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
            asyncpg.CannotConnectNowError("starting up"),
            asyncpg.InterfaceError("the underlying connection is closed"),
            ConnectionRefusedError(),
            FileNotFoundError(),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_a_database_that_went_away_is_an_outage_and_never_the_failure_that_parks(
        self, error: Exception
    ) -> None:
        """It may come at the end of a provider's long outage, after more attempts than a bug gets."""
        with pytest.raises(RetryRequested):
            await run(failing(error), a_job(attempts=PATIENCE.attempts + 5))

    async def test_a_statement_that_the_database_refuses_is_a_failure_of_the_jobs_own(self) -> None:
        with pytest.raises(asyncpg.UniqueViolationError):
            await run(failing(asyncpg.UniqueViolationError("twice")), a_job(attempts=PATIENCE.attempts - 1))

    async def test_an_outage_of_more_than_its_patience_is_parked(self) -> None:
        with pytest.raises(ChannelUnavailable):
            await run(failing(ChannelUnavailable("Away.")), a_job(attempts=500, age=timedelta(minutes=61)))

    async def test_a_job_that_nobody_worked_on_for_long_still_gets_its_attempts(self) -> None:
        """The workers were down for a day; the provider's first hiccup is no reason to give up."""
        with pytest.raises(RetryRequested):
            await run(failing(ChannelUnavailable("Away.")), a_job(age=timedelta(days=1)))

    async def test_a_run_that_takes_too_long_is_stopped_and_tried_again(self) -> None:
        stopped = asyncio.Event()

        async def wedged(_: Job) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

        with pytest.raises(RetryRequested) as retry:
            await run(wedged, a_job(), patience=replace(PATIENCE, run=0.05))
        assert stopped.is_set()
        assert "TimeoutError" in str(retry.value.reason)

    async def test_a_stray_cancellation_never_escapes_for_pgqueuer_would_delete_the_job(self) -> None:
        with pytest.raises(RetryRequested) as retry:
            await run(failing(asyncio.CancelledError()), a_job(attempts=1))
        assert retry.value.delay >= timedelta(seconds=0.5)

    async def test_a_handler_that_always_cancels_itself_is_parked_in_the_end(self) -> None:
        with pytest.raises(RuntimeError, match="cancelled"):
            await run(failing(asyncio.CancelledError()), a_job(attempts=PATIENCE.attempts - 1))

    async def test_a_job_whose_runs_died_with_their_process_is_parked(self) -> None:
        await run(succeed, a_job(), starts=PATIENCE.crashes)
        with pytest.raises(CrashLoop):
            await run(succeed, a_job(), starts=PATIENCE.crashes + 1)

    async def test_runs_that_ended_are_no_crashes(self) -> None:
        await run(succeed, a_job(attempts=400), starts=401)

    async def test_a_database_that_is_away_parks_nothing(self) -> None:
        with pytest.raises(RetryRequested):
            await run(succeed, a_job(attempts=100), starts=ConnectionRefusedError())

    async def test_at_a_stop_a_running_job_goes_back_without_delay(self) -> None:
        handback, running = Handback(), asyncio.Event()

        async def slow(_: Job) -> None:
            running.set()
            await asyncio.Event().wait()

        job = asyncio.create_task(run(slow, a_job(), handback=handback))
        await running.wait()
        handback.event.set()
        with pytest.raises(RetryRequested) as retry:
            await job
        assert retry.value.delay == timedelta()

    async def test_a_job_that_ends_at_the_stop_has_ended(self) -> None:
        handback = Handback()

        async def last_moment(_: Job) -> None:
            handback.event.set()

        await run(last_moment, a_job(), handback=handback)


class TestPatience:
    @unhurried
    @given(st.integers(0, 100_000))
    def test_a_delay_stays_within_its_bounds(self, attempts: int) -> None:
        whole = min(0.5 * 2.0 ** min(attempts, 20), 120.0)
        assert whole / 2 <= Patience().delay(attempts).total_seconds() <= whole

    def test_what_failed_together_does_not_return_together(self) -> None:
        assert len({Patience().delay(5) for _ in range(20)}) > 10


class TestCancelling:
    async def test_a_job_cancelled_before_it_began_goes_back_and_is_not_deleted(self) -> None:
        """PgQueuer cancels all it has in hand when its own statements fail, and deletes what says it was cancelled."""
        counting = asyncio.Event()

        class Slow(Counted):
            async def begin(self, job_id: int, attempts: int) -> int:
                counting.set()
                await asyncio.Event().wait()
                return 0

        parameters = EntrypointExecutorParameters(concurrency_limit=0, func=succeed, on_failure="hold")
        execution = Execution(parameters, starts=Slow(1), patience=PATIENCE, handback=Handback())
        running = asyncio.create_task(execution.execute(a_job(), Context(cancellation=anyio.CancelScope())))
        await counting.wait()
        running.cancel()
        with pytest.raises(RetryRequested):
            await running
