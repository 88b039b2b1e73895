"""What a run costs, in statements: a worker that does fifty a second has twenty milliseconds for each."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage.database import Session, understand_json
from storage.engine import plain_dsn
from tests.storage.resolving import Resolving
from tests.storage.test_plans import OneSession
from ticketing.resolution.run import RunState


@pytest.fixture
async def raw(database: str) -> AsyncIterator[asyncpg.Connection]:
    made = await asyncpg.connect(plain_dsn(database))
    await understand_json(made)
    yield made
    await made.close()


async def test_the_shortest_run_takes_few_statements(resolving: Resolving, raw: asyncpg.Connection) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    sent: list[str] = []
    raw.add_query_logger(lambda record: sent.append(record.query))
    desk, kept = resolving.at_work, resolving.at_work.database
    desk.database = OneSession(Session(raw, ends=True))
    run = await resolving.begin(ticket)
    assert run is not None
    await asyncio.sleep(0)  # asyncpg tells of a statement a turn of the loop later
    assert "INSERT INTO run_spending" in sent[-1]  # every run of the type waits for this row: so it is locked last
    await resolving.work(run)
    await asyncio.sleep(0)
    desk.database = kept
    assert (await resolving.run(ticket)).state is RunState.DONE
    ours = [query for query in sent if "typeinfo_tree" not in query and "jit" not in query]
    assert len(ours) <= 47, ours
