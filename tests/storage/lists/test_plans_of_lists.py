"""What a list, a search or an overview of approvals reads does not grow with what merely exists.

Thousands of closed tickets and settled approvals are there, and a few that matter.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from storage.database import Session, understand_json
from storage.engine import plain_dsn
from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from storage.queries.approvals import listed, shown_approvals
from storage.work.approvals import Approvals
from tests.conftest import fresh_database
from tests.factories import NOW
from tests.storage.test_plans import OneSession
from ticketing.playbook.shipped import PLAYBOOK as PLAIN
from ticketing.tickets.listing import (
    Dimension,
    FieldBetween,
    FieldIs,
    FieldSort,
    Order,
    Period,
    Sort,
    TicketFilter,
    all_current,
    mine,
    pending,
    unassigned,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY, LIVE = 6_000, 60  # tickets
MOST = 700  # rows that one step of a plan may look at: ten times what is live and a page, a tenth of what is there
MIA, ONE_APPROVAL = UUID(int=1), UUID(int=MANY)
_GROWN = f"""
    INSERT INTO person (id, name, email, role) VALUES ('{MIA}', 'Mia', 'mia@example.com', 'agent');
    INSERT INTO customer (id, name, created_at) VALUES ('{MIA}', 'Clara', now());
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        VALUES ('{MIA}', '{MIA}', 'fake', '+1', '+49', 'open', 1, now());
    INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
        status_category, status_since, priority, assignee_id, reporter, created_at, updated_at, due_at, version, fields)
    SELECT lpad(to_hex(i), 32, '0')::uuid, i, '{MIA}', '{MIA}', 'return', 'damaged',
        CASE WHEN i % 2000 = 7 THEN 'A quokka' ELSE 'A mug' END, '',
        CASE WHEN i > {MANY - LIVE} THEN (ARRAY['open', 'waiting'])[1 + i % 2] ELSE 'closed' END,
        CASE WHEN i > {MANY - LIVE} THEN (ARRAY['open', 'pending'])[1 + i % 2] ELSE 'closed' END, now(),
        CASE WHEN i % 9 = 0 THEN 'high' ELSE 'normal' END, CASE WHEN i % 3 > 0 THEN '{MIA}'::uuid END, 'ai',
        $1::timestamptz - ({MANY} - i) * interval '3 hours', now(),
        $1::timestamptz - ({MANY} - i) * interval '3 hours' + interval '9 days', 1,
        jsonb_build_object('region', CASE WHEN i % 500 = 3 THEN 'nz' ELSE 'de' END, 'refund', (i % 1900)::text)
    FROM generate_series(1, {MANY}) AS i;
"""
_APPROVALS = f"""
    INSERT INTO approval (id, ticket_id, rule, label, requester_kind, requester, requested_at, why, note, evidence,
        fingerprint, playbook, quorum, asked, escalated, state, used)
    SELECT lpad(to_hex(i), 32, '0')::uuid, lpad(to_hex(i), 32, '0')::uuid, 'refund', 'Refund', 'ai', 'AI',
        now() - ({MANY} - i) * interval '1 hour', '', '', '{{}}', '', 1, 1, '{{}}', false,
        CASE WHEN i > {MANY - 5} THEN 'waiting' ELSE 'rejected' END, '{{}}'
    FROM generate_series(1, {MANY}) AS i;
    ANALYZE;
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grown(postgres: str) -> AsyncIterator[asyncpg.Connection]:
    async with fresh_database(postgres) as dsn:
        raw = await asyncpg.connect(plain_dsn(dsn), server_settings={"plan_cache_mode": "force_generic_plan"})
        await understand_json(raw)
        async with raw.transaction():
            await raw.execute(_GROWN.replace("$1", f"'{NOW.isoformat()}'"))
            await raw.execute(_APPROVALS)
        await raw.execute("VACUUM ticket")  # an index that covers a question need not ask the table then
        yield raw
        await raw.close()


DUE, RECENT = Order(Sort.DUE), Period(NOW - timedelta(days=14), NOW - timedelta(days=7))
LISTS = {
    "all": (all_current(), Order()),
    "mine": (mine(MIA), Order()),
    "pending": (pending(), DUE),
    "unassigned": (unassigned(), DUE),
    "closed": (TicketFilter(statuses=("closed",)), DUE),
    "rare": (TicketFilter(fields=(FieldIs("region", ("nz",)),)), DUE),
    "of a time": (TicketFilter(types=("return",), created=RECENT), DUE),
    "of an amount": (TicketFilter(fields=(FieldBetween("refund", Decimal(1200), Decimal(1220)),)), DUE),
    "by a field": (TicketFilter(), Order(FieldSort("refund"))),
    "by words": (TicketFilter(text="quokka"), Order()),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_reads_little_more_than_its_page(grown: asyncpg.Connection, name: str) -> None:
    wanted, order = LISTS[name]
    lists = SqlTicketLists(OneSession(Session(grown)))
    page = await lists.page(wanted, order=order)
    assert page.lines
    assert await _most_read(grown, lambda: lists.page(wanted, order=order)) <= MOST


async def test_groups_of_what_is_live_read_only_that(grown: asyncpg.Connection) -> None:
    lists = SqlTicketLists(OneSession(Session(grown)))
    assert await _most_read(grown, lambda: lists.grouped(all_current(), by=Dimension.CATEGORY, field="refund")) <= MOST


async def test_a_search_reads_what_has_the_word(grown: asyncpg.Connection) -> None:
    search = SqlTicketSearch(OneSession(Session(grown)))
    assert len(await search.search("quokka")) == MANY // 2000
    assert await _most_read(grown, lambda: search.search("quokka")) <= MOST


async def test_approvals_are_found_among_all_that_were_settled(grown: asyncpg.Connection) -> None:
    session = Session(grown)
    approvals = Approvals(session)
    questions: list[Callable[[], Awaitable[object]]] = [
        lambda: listed(session, everything=False),
        lambda: listed(session, everything=True),
        lambda: shown_approvals(session, [ONE_APPROVAL], PLAIN),
        lambda: approvals.open_of(ONE_APPROVAL),
        lambda: approvals.of_ticket(ONE_APPROVAL),
        lambda: approvals.due(NOW, most=100),
        lambda: approvals.decisions(ONE_APPROVAL),
    ]
    assert len(await listed(session, everything=False)) == 5
    for question in questions:
        assert await _most_read(grown, question) <= MOST


async def _most_read(raw: asyncpg.Connection, ask: Callable[[], Awaitable[object]]) -> int:
    """The most rows that one step of the plans of all that is asked looks at."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def listen(record: Any) -> None:
        sent.append((record.query, record.args))

    raw.add_query_logger(listen)
    await ask()
    await asyncio.sleep(0)  # asyncpg tells of a query a moment later
    raw.remove_query_logger(listen)
    assert sent
    most = 0
    for query, values in sent:
        plan = await raw.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
        most = max(most, _read(plan[0]["Plan"]))
    return most


def _read(node: dict[str, Any]) -> int:
    """Rows that a step looked at, those that it left out included; of an index of facets, those it pointed to."""
    left_out = int(node.get("Rows Removed by Filter", 0)) + int(node.get("Rows Removed by Index Recheck", 0))
    here = (int(node["Actual Rows"]) + left_out) * int(node["Actual Loops"])
    return max([here, *(_read(below) for below in node.get("Plans", []))])
