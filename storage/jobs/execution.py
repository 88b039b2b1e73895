"""One run of one job: what its failure means, how often it is tried, when it is parked.

Parked jobs stay in the queue as `failed`, are listed by `threadline doctor`, and run again with `--retry`. What has to
follow where a job is parked follows before it is: whoever dies between the two does both again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from pgqueuer.core.executors import AbstractEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context, Job

from core.errors import ChannelUnavailable, DeskError, Throttled
from storage.engine import DATABASE_LOST

__all__ = ["CrashLoop", "Execution", "GivenUp", "Handback", "Handler", "HandlerCancelled", "Job", "Patience", "Starts"]

Handler = Callable[[Job], Awaitable[None]]
GivenUp = Callable[[Job, Exception], Awaitable[None]]  # what follows where the job is parked, and for what

# A process may die for many reasons, and everything it had in hand is then behind it. With one death more, it is no
# longer chance: measured with `make chaos`, where one in five seconds made nearly every job wait for its turn alone.
SUSPICIOUS = 2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a job is tried."""

    attempts: int = 8  # of a job that fails for reasons of its own
    outage: timedelta = timedelta(hours=24)  # of a job whose provider is away
    crashes: int = 3  # of a job whose process dies while it runs
    first_delay: float = 0.5  # seconds; doubles with every attempt
    longest_delay: float = 120.0
    outage_delay: float = 15.0  # seconds at most between two tries during an outage: so late is all once it is over
    long_outage: timedelta = timedelta(minutes=5)  # a job older than this is tried more rarely
    long_outage_delay: float = 45.0
    run: float = 90.0  # seconds one run may take
    alone: float = 10.0  # seconds a job waits to run alone, before it lets others pass

    def delay(self, attempts: int, *, at_most: float | None = None) -> timedelta:
        """Exponential, with jitter: half of it is chance, so that what failed together does not return together."""
        longest = self.longest_delay if at_most is None else min(at_most, self.longest_delay)
        whole = min(self.first_delay * 2.0 ** min(attempts, 60), longest)  # 2.0**1024 is no number
        return timedelta(seconds=whole * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret

    def delay_in_outage(self, attempts: int, *, age: timedelta, asked: float) -> timedelta:
        """Of a job this old whose provider or database is away. At least the seconds that the provider `asked` for."""
        at_most = self.outage_delay if age < self.long_outage else self.long_outage_delay
        return max(self.delay(attempts, at_most=at_most), timedelta(seconds=asked))


class HandlerCancelled(RuntimeError):
    """A CancelledError came out of a handler that nobody had cancelled."""


class CrashLoop(RuntimeError):
    """The process died each time this job ran."""


@dataclass(eq=False)
class Handback:
    """Set once the worker is to stop and the grace is over: running jobs go back to the queue."""

    event: asyncio.Event = field(default_factory=asyncio.Event)


class Starts(Protocol):
    """How often each job was started, whatever became of it."""

    suspects: asyncio.Lock  # held by the one job of this process that may take it down

    async def begin(self, job_id: int, attempts: int) -> int:
        """How often this job's process died while it ran. Counts this start, unless it is suspicious."""
        ...

    async def count(self, job_id: int) -> None:
        """Count this start."""
        ...


class Execution(AbstractEntrypointExecutor):
    """What PgQueuer calls for each job."""

    def __init__(
        self,
        parameters: EntrypointExecutorParameters,
        *,
        starts: Starts,
        patience: Patience,
        handback: Handback,
        given_up: GivenUp | None = None,
    ) -> None:
        super().__init__(parameters)
        self._starts = starts
        self._given_up = given_up
        self._patience = patience
        self._handback = handback

    async def execute(self, job: Job, context: Context) -> None:  # noqa: ARG002 - PgQueuer's signature
        try:
            await self._try(job)
        except asyncio.CancelledError as cancelled:
            # PgQueuer deletes a job whose cancellation escapes, also one that had not begun; nothing accepted may be
            # lost. It cancels all it has in hand when its own statements fail.
            raise RetryRequested(timedelta(0), "cancelled") from cancelled

    async def _try(self, job: Job) -> None:
        try:
            await self._begin(job)
        except RetryRequested:
            raise
        except Exception as error:
            await self._give_up(job, error)
            raise

    async def _give_up(self, job: Job, error: Exception) -> None:
        if self._given_up is None:
            return
        try:
            async with asyncio.timeout(self._patience.run):
                await self._given_up(job, error)
        except DATABASE_LOST as lost:
            raise RetryRequested(self._patience.delay(job.attempts), repr(lost)) from error
        except Exception as other:  # parked for its own reason: whoever looks at it finds both
            log.exception("job_not_given_up", job=job.entrypoint, id=job.id, error=repr(other))

    async def _begin(self, job: Job) -> None:
        try:
            crashes = await self._starts.begin(job.id, job.attempts)
        except Exception as error:  # the database is away, which is no fault of the job's
            raise RetryRequested(self._patience.delay(0), repr(error)) from error
        if crashes >= self._patience.crashes:
            raise CrashLoop(f"{job.entrypoint} took its process down {self._patience.crashes} times; parked.")
        if crashes < SUSPICIOUS:
            await self._execute(job)
        else:
            await self._execute_alone(job)

    async def _execute_alone(self, job: Job) -> None:
        """One of the jobs that ran each time a process died may take it down. Of those only one runs at a time, and
        only that one is counted: the others are not there when it does so again.
        """
        try:
            async with asyncio.timeout(self._patience.alone):
                await self._starts.suspects.acquire()
        except TimeoutError:  # it keeps a place that new jobs could use
            await self._count(job)
            raise RetryRequested(self._patience.delay(1), "another suspect goes first") from None
        try:
            await self._count(job)
            await self._execute(job)
        finally:
            self._starts.suspects.release()

    async def _count(self, job: Job) -> None:
        try:
            await self._starts.count(job.id)
        except Exception as error:
            raise RetryRequested(self._patience.delay(0), repr(error)) from error

    async def _execute(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._patience.run):
                await self._run(job)
        except RetryRequested:
            raise
        except asyncio.CancelledError as cancelled:
            # PgQueuer deletes a job whose cancellation escapes; nothing accepted may be lost.
            raise RetryRequested(timedelta(0), "cancelled") from cancelled
        except ChannelUnavailable as error:
            self._retry_outage(job, error)
        except DATABASE_LOST as error:  # an outage like a provider's, and no failure of the job's own
            self._retry_outage(job, error)
        except DeskError:
            raise  # our own refusal: trying again changes nothing, so a person sees it
        except Exception as error:
            if job.attempts + 1 >= self._patience.attempts:
                raise
            log.warning("job_failed", job=job.entrypoint, id=job.id, attempt=job.attempts, error=repr(error))
            raise RetryRequested(self._patience.delay(job.attempts), repr(error)) from error

    def _retry_outage(self, job: Job, error: Exception) -> None:
        # Both: a job that waited a day for a worker, or for a person to retry it, still gets its attempts.
        age = datetime.now(UTC) - job.created
        patience = error.patience if isinstance(error, ChannelUnavailable) else None
        if age > max(self._patience.outage, patience or timedelta()) and job.attempts + 1 >= self._patience.attempts:
            raise error
        if isinstance(error, Throttled):  # nothing failed, so nothing is put off longer each time
            delay = timedelta(seconds=error.retry_after)
        else:
            asked = error.retry_after if isinstance(error, ChannelUnavailable) else None
            delay = self._patience.delay_in_outage(job.attempts, age=age, asked=asked or 0.0)
        raise RetryRequested(delay, error.message if isinstance(error, DeskError) else repr(error)) from error

    async def _run(self, job: Job) -> None:
        """The handler, unless the worker has to stop first: then it is cancelled and the job handed back."""
        handler: Handler = self.parameters.func  # type: ignore[assignment]  # we register handlers of this shape only
        running = asyncio.ensure_future(handler(job))
        stopping = asyncio.ensure_future(self._handback.event.wait())
        try:
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
                await asyncio.wait((running,))
                if running.cancelled():
                    raise RetryRequested(timedelta(0), "the worker is stopping")
            if running.cancelled():  # by something of its own: a bug like any other, and no cancellation of ours
                raise HandlerCancelled(f"{job.entrypoint} was cancelled by something it called.")
            running.result()
        finally:
            stopping.cancel()
            if not running.done():
                running.cancel()
                await asyncio.wait((running,))
            if not running.cancelled():
                running.exception()  # seen: where it was given up, nobody asks for its failure
