"""Any number of clocks run; one leads, and when it is gone another does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.processes import clock
from app.settings import Settings
from emulators.waiting import until
from storage.engine import plain_dsn


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ELECTION", 0.05)


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_dsn(database))
    yield connection
    await connection.close()


@contextlib.asynccontextmanager
async def a_clock(dsn: str) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    running = asyncio.create_task(clock.run(Settings(), dsn, stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


async def leader(admin: asyncpg.Connection, *, other_than: int | None = None) -> int:
    """The backend of the elected clock, once there is one."""
    async with asyncio.timeout(10):
        while True:
            pids = [
                row["pid"]
                for row in await admin.fetch(
                    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            ]
            assert len(pids) <= 1
            if pids and pids[0] != other_than:
                return int(pids[0])
            await asyncio.sleep(0.02)


async def test_of_two_clocks_one_leads(database: str, admin: asyncpg.Connection) -> None:
    async with a_clock(database), a_clock(database):
        elected = await leader(admin)
        await asyncio.sleep(0.3)  # several elections
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


async def test_a_database_that_is_away_is_waited_for(admin: asyncpg.Connection, database: str) -> None:
    away = database.replace("?host=", "?host=/nowhere")
    async with a_clock(away) as stop:
        await asyncio.sleep(0.2)
        assert not stop.is_set()
