"""Our two ways of adding a job leave what the pinned PgQueuer's own `enqueue` leaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import version
from typing import Any

import asyncpg
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from storage.database import Database
from storage.engine import plain_dsn
from storage.inbox_gate import InboxGate
from storage.jobs.codec import decode
from storage.jobs.enqueue import NewJob, enqueue
from tests.factories import NOW
from ticketing.tickets.events import EventStored


@pytest.fixture
async def raw(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_dsn(database))
    yield connection
    await connection.close()


@pytest.fixture
async def gate(database: str) -> AsyncIterator[InboxGate]:
    opened = await InboxGate.open(database, job="EventStored.file_event", priority=2, unavailable=lambda error: error)
    yield opened
    await opened.close()


async def _accept(gate: InboxGate, key: str = "SM1") -> bool:
    return await gate.accept(channel="fake", key=key, url="https://desk/hooks", body=b"{}", now=NOW)


async def _jobs(raw: asyncpg.Connection) -> list[dict[str, Any]]:
    """Every column of every job; instants as their distance from the job's creation, which differs by run."""
    jobs = [dict(row) for row in await raw.fetch("SELECT * FROM pgqueuer ORDER BY id")]
    for job in jobs:
        created = job.pop("created")
        job |= {name: job[name] - created for name in ("updated", "heartbeat", "execute_after")}
        del job["id"]
        assert job.pop("headers") in (None, "null")  # PgQueuer writes JSON's null and reads both as none
    return jobs


class TestEnqueue:
    def test_pgqueuer_is_the_version_whose_columns_we_write(self) -> None:
        assert version("pgqueuer") == "1.6.0"

    async def test_a_job_equals_one_of_pgqueuers_own(self, store: Database, raw: asyncpg.Connection) -> None:
        async with store.transaction() as session:
            await enqueue(session, [NewJob("Something.follows", b"{}", timedelta(seconds=3), priority=2)])
        await Queries(AsyncpgDriver(raw)).enqueue("Something.follows", b"{}", 2, timedelta(seconds=3))
        ours, theirs = await _jobs(raw)
        assert ours == theirs
        assert await raw.fetchval("SELECT count(*) FROM pgqueuer_log") == 1, "ours writes no log, which nobody reads"


class TestInboxGate:
    async def test_its_job_equals_one_of_pgqueuers_own(self, gate: InboxGate, raw: asyncpg.Connection) -> None:
        await _accept(gate)
        payload = await raw.fetchval("SELECT payload FROM pgqueuer")
        await Queries(AsyncpgDriver(raw)).enqueue("EventStored.file_event", payload, 2)
        ours, theirs = await _jobs(raw)
        assert ours == theirs

    async def test_its_payload_is_the_event_that_the_worker_reads(
        self, gate: InboxGate, raw: asyncpg.Connection
    ) -> None:
        await _accept(gate)
        payload, inbox_id = await raw.fetchrow("SELECT payload, inbox.id FROM pgqueuer, inbox")
        assert decode(EventStored, payload) == EventStored(inbox_id=inbox_id, at=NOW)

    async def test_what_came_in_one_rush_is_filed_in_the_order_of_its_arrival(
        self, gate: InboxGate, raw: asyncpg.Connection
    ) -> None:
        keys = ["SM7", "SM2", "SM9", "SM1", "SM5"]  # a provider's numbers say nothing about order
        await asyncio.gather(
            *(
                gate.accept(channel="fake", key=key, url="", body=b"{}", now=NOW + timedelta(milliseconds=at))
                for at, key in enumerate(keys)
            )
        )
        filed = await raw.fetch("""
            SELECT key FROM pgqueuer JOIN inbox ON inbox.id = (convert_from(payload, 'UTF8')::json->>'inbox_id')::bigint
            ORDER BY pgqueuer.id
        """)
        assert [row["key"] for row in filed] == keys

    async def test_the_same_event_ten_times_at_once_is_one_event_and_one_job(
        self, gate: InboxGate, raw: asyncpg.Connection
    ) -> None:
        accepted = await asyncio.gather(*(_accept(gate) for _ in range(10)))
        assert sorted(accepted) == [False] * 9 + [True]
        assert await raw.fetchval("SELECT count(*) FROM inbox") == 1
        assert await raw.fetchval("SELECT count(*) FROM pgqueuer") == 1

    async def test_any_bytes_are_kept_as_they_came(self, gate: InboxGate, raw: asyncpg.Connection) -> None:
        body = bytes(range(256))
        await gate.accept(channel="fake", key="k", url="https://desk/hooks?ä", body=body, now=NOW)
        assert await raw.fetchval("SELECT body FROM inbox") == body

    async def test_has_as_much_patience_with_the_database_as_whoever_waits_for_it(
        self, gate: InboxGate, database: str, raw: asyncpg.Connection
    ) -> None:
        hasty = await InboxGate.open(database, job="j", priority=2, unavailable=lambda error: error, patience=0.1)
        async with raw.transaction():
            await raw.execute("LOCK TABLE inbox")
            patient = asyncio.create_task(_accept(gate, "patient"))
            with pytest.raises(TimeoutError):
                await _accept(hasty, "hasty")
        assert await patient
        await hasty.close()

    async def test_a_restart_of_the_database_costs_no_event(self, gate: InboxGate, raw: asyncpg.Connection) -> None:
        await asyncio.gather(*(_accept(gate, f"SM{number}") for number in range(8)))
        await raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await raw.fetchval("SELECT pg_sleep(0.05)")  # until the sockets have told their owners
        assert await _accept(gate, "after")
