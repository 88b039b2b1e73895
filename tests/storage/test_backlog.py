"""How far Slack's cards are behind: what counts as waiting, and what it costs to ask."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.subscriptions import CARD_JOBS
from storage.database import Session, understand_json
from storage.engine import plain_dsn
from storage.homes import SqlHomes
from storage.queries.backlog import behind, cards_behind
from tests.storage.desk import DeskAtWork
from tests.storage.test_plans import _read

SHOWS, TELLS = "PriorityChanged.show_ticket", "TicketAssigned.tell_assignee"
A_JOB = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status, created, execute_after, attempts)
    VALUES (0, :name, '{}', CAST(:status AS pgqueuer_status), now() - CAST(:age AS interval),
        now() + interval '1 hour', 3)
"""


async def waits(desk: DeskAtWork, age: timedelta, name: str = SHOWS, *, status: str = "queued") -> None:
    await desk.rows_changed(A_JOB, name=name, status=status, age=age)


def about(found: timedelta, age: timedelta) -> bool:
    return age <= found < age + timedelta(seconds=20)


class TestCardsBehind:
    async def test_nothing_that_waits_is_no_lag(self, desk: DeskAtWork, engine: AsyncEngine) -> None:
        assert await behind(engine, CARD_JOBS) == timedelta()

    async def test_it_is_the_age_of_the_oldest_change_however_often_that_was_put_off(
        self, desk: DeskAtWork, engine: AsyncEngine
    ) -> None:
        await waits(desk, timedelta(seconds=5), "ConversationChanged.show_conversation")
        assert about(await behind(engine, CARD_JOBS), timedelta(seconds=5))
        await waits(desk, timedelta(minutes=3))
        await waits(desk, timedelta(minutes=2))
        assert about(await behind(engine, CARD_JOBS), timedelta(minutes=3))

    @pytest.mark.parametrize(("name", "status"), [(TELLS, "queued"), (TELLS, "picked"), (SHOWS, "failed")])
    async def test_other_jobs_and_parked_ones_do_not_count(
        self, desk: DeskAtWork, engine: AsyncEngine, name: str, status: str
    ) -> None:
        await waits(desk, timedelta(hours=1), name, status=status)
        assert await behind(engine, CARD_JOBS) == timedelta()

    async def test_what_a_worker_has_in_hand_still_waits_and_the_home_tab_knows(self, desk: DeskAtWork) -> None:
        await waits(desk, timedelta(minutes=4), status="picked")
        homes = SqlHomes(desk.database, desk.playbooks, CARD_JOBS)
        assert about(await homes.cards_behind(), timedelta(minutes=4))
        assert about((await homes.read(await desk.person(), now=desk.now)).cards_behind, timedelta(minutes=4))


MANY = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status, created)
    SELECT 0, CASE WHEN i % 2 = 0 THEN 'PriorityChanged.show_ticket' ELSE 'TicketAssigned.tell_assignee' END, '{}',
        CASE WHEN i % 100 = 99 THEN 'failed' ELSE 'queued' END::pgqueuer_status, now() - i * interval '1 ms'
    FROM generate_series(20000, 1, -1) AS i;
    INSERT INTO pgqueuer (priority, entrypoint, payload, status)
    SELECT 0, 'TicketOpened.show_ticket', '{}', 'picked' FROM generate_series(1, 100);
    ANALYZE pgqueuer;
"""


async def test_it_costs_the_same_however_much_waits(database: str) -> None:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    await raw.execute(MANY)
    await raw.execute("SET plan_cache_mode = force_generic_plan")
    sent: list[tuple[str, tuple[Any, ...]]] = []
    raw.add_query_logger(lambda record: sent.append((record.query, record.args)))
    assert about(await cards_behind(Session(raw), CARD_JOBS), timedelta(seconds=20))
    await asyncio.sleep(0)
    ((query, values),) = [each for each in sent if "pgqueuer" in each[0]]
    plan = await raw.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
    assert _read(plan[0]["Plan"]) <= 200
    await raw.close()
