"""Lists of tickets mean what they say, whichever way PostgreSQL is asked, and pages neither lose nor repeat."""

import base64
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import asyncpg
import pytest
import pytest_asyncio

from storage.database import Database, Rows, Session
from storage.engine import plain_dsn
from storage.lists.conditions import conditions_of
from storage.lists.lists import SqlTicketLists
from storage.lists.orders import Ordering
from storage.lists.periods import is_covered, sift
from storage.lists.ways import Question, gather, step, walk
from tests.conftest import fresh_database
from tests.factories import NOW
from tests.storage.lists.some_tickets import PEOPLE, Drawn, draw, in_order, keep, passes, some_filter
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import (
    CURRENT,
    Dimension,
    FieldSort,
    FilterRefused,
    Order,
    Period,
    Sort,
    TicketFilter,
    all_current,
    mine,
    pending,
    unassigned,
)

NUMBER = 300
ORDERS = [
    Order(by, reverse)
    for by in (*Sort, FieldSort("refund"), FieldSort("note"), FieldSort("vip"), FieldSort("nobody_has_it"))
    for reverse in (False, True)
]
TICKETS = [draw(random.Random(number), number) for number in range(1, NUMBER + 1)]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(postgres: str) -> AsyncIterator[Database]:
    async with fresh_database(postgres) as dsn:
        await keep(dsn, TICKETS)
        store = Database(dsn, size=2)
        yield store
        await store.close()


def expected(asked: TicketFilter, order: Order) -> list[int]:
    return in_order([each for each in TICKETS if passes(each, asked)], order)


async def test_every_filter_in_every_order_gives_what_it_means(store: Database) -> None:
    lists, chance = SqlTicketLists(store), random.Random(7)
    for _ in range(150):
        asked, order = some_filter(chance), chance.choice(ORDERS)
        page = await lists.page(asked, order=order, most=200)
        assert [line.number for line in page.lines] == expected(asked, order)[:200], (asked, order)


Way = Callable[[Session, Question], Awaitable[Rows | None]]


@pytest.mark.parametrize("way", [gather, partial(walk, bound=40), step, sift], ids=["gather", "walk", "step", "sift"])
async def test_whichever_way_is_gone_the_page_is_the_same(store: Database, way: Way) -> None:
    chance, answered = random.Random(11), 0
    for _ in range(60):
        asked, order = some_filter(chance), chance.choice(ORDERS)
        if way is sift:
            asked, order = covered(asked), chance.choice([Order(Sort.DUE), Order(Sort.DUE, reverse=True), Order()])
        question = Question(asked, conditions_of(asked), Ordering(order), None, 4, is_rare=chance.random() < 0.5)
        assert way is not sift or is_covered(question)
        async with store.single() as session:
            rows = await way(session, question)
        if rows is not None:  # a walk is given up where it would be long
            answered += 1
            assert [row.number for row in rows] == expected(asked, order)[:4], (asked, order)
    assert answered >= 20


def covered(asked: TicketFilter) -> TicketFilter:
    """Of tickets created in a period, without what its index does not have."""
    some_time = Period(NOW - timedelta(days=45), NOW - timedelta(days=5))
    return replace(asked, created=some_time, numbers=(), channels=(), owners=(), tags=(), fields=(), escalated=False)


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_pages_neither_lose_nor_repeat_a_ticket_however_many_are_equal(store: Database, order: Order) -> None:
    lists, seen, cursor = SqlTicketLists(store), list[int](), None
    asked = TicketFilter(types=("return",))
    while True:
        page = await lists.page(asked, order=order, after=cursor, most=17)
        seen += [line.number for line in page.lines]
        if (cursor := page.following) is None:
            break
        assert len(page.lines) == 17
    assert seen == expected(asked, order)


@pytest.mark.parametrize("order", [Order(by) for by in Sort], ids=str)
async def test_steps_from_a_cursor_on_give_what_comes_after_it(store: Database, order: Order) -> None:
    asked, ordering = TicketFilter(stages=CURRENT), Ordering(order)
    wanted, cursor, seen = expected(asked, order), None, list[int]()
    async with store.single() as session:
        while rows := (await step(session, Question(asked, conditions_of(asked), ordering, cursor, 40))).all():
            seen += [row.number for row in rows]
            words = [rows[-1][f"word_{at}"] for at in range(len(ordering.keys))]
            cursor = ordering.read(ordering.cursor(words))
    assert seen == wanted


async def test_the_views_are_what_people_expect(store: Database) -> None:
    lists = SqlTicketLists(store)
    somebody = PEOPLE[0]
    live = {StatusCategory.OPEN, StatusCategory.ACTIVE, StatusCategory.PENDING}
    views: list[tuple[TicketFilter, Callable[[Drawn], bool]]] = [
        (all_current(), lambda each: each.status != "closed"),
        (mine(somebody), lambda each: each.assignee == somebody and each.stage in live),
        (pending(), lambda each: each.status == "waiting"),
        (unassigned(), lambda each: each.assignee is None and each.stage in live),
    ]
    for view, belongs in views:
        page = await lists.page(view, most=200)
        wanted = in_order([each for each in TICKETS if each.counts and belongs(each)], Order())
        assert [line.number for line in page.lines] == wanted[:200]


async def test_groups_count_sum_and_average_a_custom_field(store: Database) -> None:
    asked = TicketFilter(stages=CURRENT)
    for by in Dimension:
        groups = await SqlTicketLists(store).grouped(asked, by=by, field="refund")
        assert sum(group.count for group in groups) == len([each for each in TICKETS if passes(each, asked)])
    groups = await SqlTicketLists(store).grouped(asked, by=Dimension.TYPE, field="refund")
    for group in groups:
        members = [each for each in TICKETS if passes(each, asked) and each.type == group.value]
        amounts = [Decimal(each.fields["refund"]) for each in members if "refund" in each.fields]
        assert (group.count, group.sum) == (len(members), sum(amounts))
        assert group.average is not None
        assert abs(group.average - sum(amounts, Decimal(0)) / len(amounts)) < Decimal("0.0001")


def _said(*words: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(words).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "no cursor",
        "ä",
        _said("due"),
        _said("due", "tomorrow", "1"),
        _said("due", "2026-01-01T00:00:00+00:00", "1; DROP TABLE ticket"),
        _said("due", "2026-01-01T00:00:00+00:00", "99999999999"),
        _said("priority", "1", "infinity", "1"),
        _said("due", "2026-01-01", "1"),
        _said({"due": 1}, None, [1]),
        _said(*"x" * 50),
    ],
)
async def test_a_cursor_that_is_none_is_refused(store: Database, cursor: str) -> None:
    with pytest.raises(FilterRefused):
        await SqlTicketLists(store).page(TicketFilter(), order=Order(Sort.DUE), after=cursor)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e99999"])
async def test_a_number_that_no_ticket_has_is_no_cursor(store: Database, amount: str) -> None:
    cursor = _said("field:note", "0", amount, "", "1")
    with pytest.raises(FilterRefused):
        await SqlTicketLists(store).page(TicketFilter(), order=Order(FieldSort("note")), after=cursor)


async def test_values_are_written_anew_only_when_fields_change(postgres: str) -> None:
    async with fresh_database(postgres) as dsn:
        await keep(dsn, TICKETS[:3])
        raw = await asyncpg.connect(plain_dsn(dsn))
        (number,) = await raw.fetchrow("SELECT min(number) FROM ticket_value")
        versions = "SELECT field, xmin::text FROM ticket_value WHERE number = $1 ORDER BY field"
        before = await raw.fetch(versions, number)
        await raw.execute("UPDATE ticket SET status = 'waiting', fields = fields WHERE number = $1", number)
        assert await raw.fetch(versions, number) == before
        await raw.execute(
            """UPDATE ticket SET fields = '{"refund": "7.50", "region": "us"}' WHERE number = $1""", number
        )
        values = await raw.fetch(
            "SELECT field, amount, word FROM ticket_value WHERE number = $1 ORDER BY field", number
        )
        assert [tuple(each) for each in values] == [("refund", Decimal("7.50"), ""), ("region", Decimal(0), "us")]
        await raw.close()
