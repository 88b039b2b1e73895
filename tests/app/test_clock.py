"""Any number of clocks run; one leads, and when it is gone another does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.processes import clock
from app.settings import Settings
from core.ids import new_id
from core.instants import utc_now
from emulators.waiting import until
from storage.database import Database
from storage.engine import plain_dsn
from storage.work.activity import Activity
from tests.factories import a_record
from ticketing.activity.record import Stream

_ELECTED = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_LAST_TRY = """
    SELECT query_start FROM pg_stat_activity
    WHERE query LIKE 'SELECT pg_try_advisory_lock%' AND pid <> $1 AND datname = current_database()
"""


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_dsn(database))
    yield connection
    await connection.close()


@contextlib.asynccontextmanager
async def a_clock(dsn: str) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    running = asyncio.create_task(clock.run(Settings(), dsn, stop, election=0.05))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


async def leader(admin: asyncpg.Connection, *, other_than: int | None = None) -> int:
    """The backend of the elected clock, once there is one."""

    async def elected() -> int | None:
        pids = [row["pid"] for row in await admin.fetch(_ELECTED)]
        assert len(pids) <= 1
        return next((int(pid) for pid in pids if pid != other_than), None)

    return await until(elected, "a clock to be elected")


async def elections(admin: asyncpg.Connection, number: int, *, lost_to: int) -> None:
    """So many times another clock has tried to be elected, and was not."""
    begun = set()

    async def enough() -> bool:
        begun.update([row["query_start"] for row in await admin.fetch(_LAST_TRY, lost_to)])
        return len(begun) >= number

    await until(enough, f"{number} elections")


async def test_a_digest_that_has_come_due_is_queued_and_the_next_one_planned(
    database: str, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SLACK_BOT_TOKEN", "xoxb-1"), ("BUSINESS_HOURS", "Mon-Sun 00:00-24:00")):
        monkeypatch.setenv(name, value)
    due = utc_now().replace(second=0, microsecond=0)
    await admin.execute("INSERT INTO person (id, name, email, role) VALUES (md5('m')::uuid, 'Mia', 'm@x.org', 'agent')")
    await admin.execute(
        "INSERT INTO preference (person_id, silenced, digest, digest_at, zone, by_mail, next_digest_at)"
        " VALUES (md5('m')::uuid, '{}', true, $1, 'UTC', 'never', $2)",
        due.time(),
        due,
    )
    async with a_clock(database):

        async def queued() -> bool:
            return bool(
                await admin.fetchval("SELECT 1 FROM pgqueuer WHERE entrypoint = 'DirectMessageDue.tell_person'")
            )

        await until(queued, "a digest to be queued")
    assert await admin.fetchval("SELECT key FROM direct_message") == f"digest:{due:%Y-%m-%d}"
    assert await admin.fetchval("SELECT next_digest_at FROM preference") == due + timedelta(days=1)


async def test_of_two_clocks_one_leads(database: str, admin: asyncpg.Connection) -> None:
    async with a_clock(database), a_clock(database):
        elected = await leader(admin)
        await elections(admin, 3, lost_to=elected)
        assert await leader(admin) == elected


async def test_when_the_leader_stops_the_other_leads(database: str, admin: asyncpg.Connection) -> None:
    async with a_clock(database):
        async with a_clock(database) as stop_one:
            first = await leader(admin)
            stop_one.set()
        assert await leader(admin)
    async with a_clock(database):
        assert await leader(admin, other_than=first)


async def test_when_its_connection_is_killed_there_is_a_leader_again(database: str, admin: asyncpg.Connection) -> None:
    async with a_clock(database), a_clock(database):
        for _ in range(3):
            elected = await leader(admin)
            await admin.execute("SELECT pg_terminate_backend($1)", elected)
            assert await leader(admin, other_than=elected) != elected


async def test_a_leader_prunes_at_once(database: str, admin: asyncpg.Connection) -> None:
    await admin.execute(
        "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint) "
        "VALUES (now() - interval '9 days', 1, 'successful', 0, 'work')"
    )

    async def pruned() -> bool:
        return bool(await admin.fetchval("SELECT count(*) = 0 FROM pgqueuer_log"))

    async with a_clock(database):
        await until(pruned, "the old to be pruned")


async def test_of_two_clocks_the_leader_signs_a_checkpoint_at_once_and_the_next_leader_not_another(
    database: str, admin: asyncpg.Connection, store: Database
) -> None:
    async with store.transaction() as session:
        await Activity(session).append(Stream("desk", new_id()), [a_record()])

    async def signed() -> bool:
        return bool(await admin.fetchval("SELECT count(*) FROM checkpoint"))

    async with a_clock(database):
        async with a_clock(database):
            await until(signed, "a checkpoint")
            first = await leader(admin)
        await leader(admin)
        await admin.execute("SELECT pg_terminate_backend($1)", first)
        assert await leader(admin, other_than=first)
    assert await admin.fetchval("SELECT array_agg(size) FROM checkpoint") == [1]


async def test_a_database_that_is_away_is_waited_for(database: str) -> None:
    tries = 0

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as away:
        port = away.sockets[0].getsockname()[1]
        dsn = make_url(database).set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
        async with a_clock(dsn.render_as_string(hide_password=False)):
            await until(lambda: tries >= 3, "a clock that tries again")
