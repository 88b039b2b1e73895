"""PgQueuer's own statements, as a worker of ours makes them."""

import asyncio
import time
from collections.abc import Sized
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

# A look at the queue costs PostgreSQL as much as many a job, and in a rush each commit announces something new.
PAUSE_EACH, LONGEST_PAUSE = 0.002, 0.02  # seconds between two looks: for each job in hand, and at most

Runs = set[tuple[int, int]]  # (job, its attempts): of a job that comes again, the next run has more, or is noted later

log = structlog.get_logger()


@dataclass
class QueueStatements(Queries):
    """Except that a retry which cannot be noted is no failure of the job, and that who has much in hand looks for more
    at a steady pace, however often there is news. Who has nothing in hand looks at once.

    PgQueuer would park the job. Left alone, it starts again like a dead worker's, once its heartbeat is old. That its
    process did not die is kept in `unnoted` until PostgreSQL is back.
    """

    unnoted: Runs = field(default_factory=set)
    in_hand: Sized = ()
    looked_at: float = float("-inf")

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        pause = min(PAUSE_EACH * len(self.in_hand), LONGEST_PAUSE)
        await asyncio.sleep(max(self.looked_at + pause - time.monotonic(), 0))
        self.looked_at = time.monotonic()
        return await super().dequeue(
            batch_size, entrypoints, queue_manager_id, global_concurrency_limit, heartbeat_timeout
        )

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        try:
            await super().log_jobs(job_status)
        except Exception:
            self.unnoted.update((job.id, job.attempts) for job, _, _ in job_status)
            raise

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        try:
            await super().retry_job(job, delay, traceback_record)
        except Exception as error:  # whatever it is: the job's own failure was another
            self.unnoted.add((job.id, job.attempts))
            log.warning("job_retry_not_noted", job=job.entrypoint, id=job.id, error=repr(error))
