"""What nobody needs goes, in batches; everything else stays."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.jobs.parked import parked
from storage.prune import KEEP_DIRECT_MESSAGES, KEEP_DRAFTS, KEEP_FILED_EVENTS, KEEP_JOB_LOG, KEEP_MAIL_FLOW, prune
from tests.factories import NOW
from tests.storage.desk import DeskAtWork
from ticketing.conversations.replying import FORGOTTEN_AFTER

SECOND = timedelta(seconds=1)


async def log(desk: DeskAtWork, job: int, at: datetime, error: str | None = None) -> None:
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint, traceback)
                VALUES (:at, :job, 'failed', 0, 'work',
                        jsonb_build_object('exception_type', 'Bug', 'exception_message', cast(:error AS text)))
            """),
            {"at": at, "job": job, "error": error},
        )


async def event(desk: DeskAtWork, outcome: str | None, settled: datetime | None) -> int:
    inbox_id = await desk.store(b"{}")
    await desk.rows(
        "UPDATE inbox SET outcome = :outcome, settled_at = :at WHERE id = :id RETURNING id",
        outcome=outcome,
        at=settled,
        id=inbox_id,
    )
    return inbox_id


async def queued(desk: DeskAtWork, status: str) -> int:
    (row,) = await desk.rows(
        "INSERT INTO pgqueuer (priority, entrypoint, status) "
        "VALUES (0, 'work', cast(:s AS pgqueuer_status)) RETURNING id",
        s=status,
    )
    return int(row.id)


class TestPrune:
    async def test_the_log_of_jobs_goes_after_its_time(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        await log(desk, 1, NOW - KEEP_JOB_LOG - SECOND)
        await log(desk, 2, NOW - KEEP_JOB_LOG)
        assert (await prune(engine, now=NOW))["job_log"] == 1
        assert [row.job_id for row in await desk.rows("SELECT job_id FROM pgqueuer_log")] == [2]

    async def test_a_parked_job_keeps_its_error_however_old(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        job = await queued(desk, "failed")
        await log(desk, job, NOW - timedelta(days=90), error="by zero")
        await prune(engine, now=NOW)
        assert [each.error for each in await parked(engine)] == ["Bug: by zero"]

    async def test_events_that_were_filed_go_after_their_time(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        old = NOW - KEEP_FILED_EVENTS - SECOND
        for outcome in ("filed", "ignored"):
            await event(desk, outcome, old)
        kept = [
            await event(desk, "filed", NOW - KEEP_FILED_EVENTS),
            await event(desk, "unreadable", old),
            await event(desk, "unmatched", old),
            await event(desk, None, None),
        ]
        assert (await prune(engine, now=NOW))["inbox"] == 2
        assert [row.id for row in await desk.rows("SELECT id FROM inbox ORDER BY id")] == kept

    async def test_starts_are_forgotten_once_their_job_is_gone(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        waiting = await queued(desk, "queued")
        await desk.rows("INSERT INTO job_start VALUES (:id, 2), (999999, 1) RETURNING job_id", id=waiting)
        assert (await prune(engine, now=NOW))["job_starts"] == 1
        assert [row.job_id for row in await desk.rows("SELECT job_id FROM job_start")] == [waiting]

    async def test_who_was_writing_is_forgotten_after_five_minutes(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        conversation = await desk.customer_writes()
        for name, since in (("Mia", FORGOTTEN_AFTER + SECOND), ("Ben", FORGOTTEN_AFTER)):
            await desk.desk.begin_reply(conversation, by=await desk.person(name), at=NOW - since)
        assert (await prune(engine, now=NOW))["replying"] == 1
        left = await desk.rows("SELECT name FROM replying JOIN person ON person.id = person_id")
        assert [row.name for row in left] == ["Ben"]

    async def test_that_somebody_was_told_something_is_forgotten_after_its_time(
        self, engine: AsyncEngine, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia")
        for key, settled in (("old", NOW - KEEP_DIRECT_MESSAGES - SECOND), ("new", NOW), ("owed", None)):
            await desk.rows_changed(
                "INSERT INTO direct_message (id, person_id, kind, key, since, state, settled_at)"
                " VALUES (gen_random_uuid(), :person, 'assigned', :key, now(), 'told', :settled)",
                person=mia.id,
                key=key,
                settled=settled,
            )
        assert (await prune(engine, now=NOW))["direct_messages"] == 1
        assert {row.key for row in await desk.rows("SELECT key FROM direct_message")} == {"new", "owed"}

    async def test_what_was_suggested_goes_after_a_day(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        mia = await desk.person()
        ticket = await desk.ticket(await desk.customer_writes(), mia)
        for ago in (KEEP_DRAFTS + SECOND, KEEP_DRAFTS):
            desk.now = NOW - ago
            await desk.desk.ask_for_draft(ticket.id, {}, by=mia)
        assert (await prune(engine, now=NOW))["drafts"] == 1
        assert await desk.count("reply_draft") == 1

    async def test_who_wrote_to_and_fro_goes_once_nobody_counts_it(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        for ago in (KEEP_MAIL_FLOW + SECOND, KEEP_MAIL_FLOW):
            await desk.rows_changed(
                "INSERT INTO mail_flow VALUES ('email', :address, '{}', '{}', :at)", address=str(ago), at=NOW - ago
            )
        assert (await prune(engine, now=NOW))["mail_flow"] == 1
        assert await desk.count("mail_flow") == 1

    async def test_more_than_a_batch_goes_in_batches(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        for job in range(7):
            await log(desk, job, NOW - timedelta(days=9))
        assert (await prune(engine, now=NOW, batch=3))["job_log"] == 7

    async def test_the_desk_itself_is_never_touched(self, engine: AsyncEngine, desk: DeskAtWork) -> None:
        mia = await desk.person()
        await desk.ticket(await desk.customer_writes(), mia)
        tables = ("message", "ticket", "activity", "customer", "conversation", "pgqueuer")
        before = [await desk.count(table) for table in tables]
        await prune(engine, now=NOW + timedelta(days=1000))
        assert [await desk.count(table) for table in tables] == before
