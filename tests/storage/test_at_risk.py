"""The view of what is at risk, which reads no more than it shows, beside a plain question that reads everything."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from storage.database import Session, understand_json
from storage.engine import plain_dsn
from storage.queries.sla import AT_RISK
from tests.storage.test_plans import grown

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICKETS, MOST = 3_000, 20

# One is due each minute, in no order of their numbers; each is at risk up to so long before. Every 50th waits: at risk,
# and not due.
PROMISED = """
    UPDATE service_level AS level
        SET due_at = CASE WHEN number % 50 = 7 THEN NULL ELSE at END,
            at_risk_at = at - number % $2 * interval '1 minute'
        FROM ticket, LATERAL (SELECT $1::timestamptz + number * 1009 % 3000 * interval '1 minute' AS at) AS told
        WHERE ticket.id = level.ticket_id
"""
PLAIN = """
    SELECT number FROM service_level JOIN ticket ON ticket.id = ticket_id
    WHERE at_risk_at <= $1 ORDER BY service_level.due_at, ticket_id LIMIT $2
"""


@pytest.fixture
async def raw(database: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(plain_dsn(database))
    await understand_json(connection)
    await connection.execute(grown(TICKETS))
    yield connection
    await connection.close()


async def test_those_at_risk_come_soonest_due_first_whether_few_or_many_are_overdue_or_not(
    raw: asyncpg.Connection,
) -> None:
    asked = set()
    for ahead in (1, 60, 2_900):  # minutes: nearly all are at risk at once in the end, and none is overdue
        await raw.execute(PROMISED, MORNING, ahead)
        for minutes in (-3_000, -1, 0, 5, 19, 25, 1_500, 4_000):
            now = MORNING + timedelta(minutes=minutes)
            found = [row.number for row in await Session(raw).execute(AT_RISK, {"now": now, "most": MOST})]
            assert found == [row["number"] for row in await raw.fetch(PLAIN, now, MOST)]
            many = await raw.fetchval("SELECT count(*) FROM service_level WHERE at_risk_at <= $1", now) > 1_000
            late = await raw.fetchval("SELECT count(*) FROM service_level WHERE due_at <= $1", now)
            asked.add((many, min(late, MOST)))
    assert {(False, 0), (True, 0), (True, 6), (False, MOST), (True, MOST)} <= asked
