"""One person's page from a real database: what stands where, whose it is to see, and what it costs."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.instants import utc_now
from sla.clock import Kind
from storage.database import Session, understand_json
from storage.engine import plain_dsn
from storage.homes import SqlHomes
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.queries.home import MORE_AT_RISK
from storage.work.homes import EVERY, OPEN_FOR
from tests.conftest import fresh_database
from tests.factories import RULES, a_suggestion
from tests.playbooks import WAITING
from tests.storage.desk import DeskAtWork, OneIssue, Says
from tests.storage.mailing import a_mail, filed, with_mail
from tests.storage.refunds import Refund
from tests.storage.test_plans import OneSession, _id, _read, grown
from tests.ticketing.home.works import HOUR, a_clock
from ticketing.home.home import Home, Listed
from ticketing.home.ports import Screen
from ticketing.home.refresh import refresh_due
from ticketing.home.urgency import Placed, Reason
from ticketing.people.person import Person, Role
from ticketing.sla.service_level import ServiceLevel
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary

MINUTE = timedelta(minutes=1)


async def page(desk: DeskAtWork, of: Person) -> Home:
    return await SqlHomes(desk.database, desk.playbooks).read(of, now=desk.now)


def stands(listed: Listed[Placed] | None) -> list[tuple[int, Reason]]:
    return [(each.work.number, each.urgency.reason) for each in listed.lines] if listed else []


async def opened(desk: DeskAtWork, sender: str, words: str = "My mug is broken.") -> tuple[UUID, Ticket]:
    """A ticket that the AI opened, in the room of which the customer's words stand."""
    conversation = await desk.customer_writes(words, sender=sender)
    await desk.understand(conversation)
    async with desk.start() as uow:
        (ticket,) = await uow.tickets.lock_recent(conversation)
    return conversation, ticket


async def mine(desk: DeskAtWork, mia: Person, sender: str) -> Ticket:
    conversation, ticket = await opened(desk, sender)
    await desk.desk.claim(conversation, by=mia)
    return ticket


async def keep(desk: DeskAtWork, ticket: Ticket, due_in: timedelta) -> None:
    """A promise of four hours."""
    level = ServiceLevel("standard", 1, ticket.priority, None, clocks={Kind.RESOLUTION: a_clock(desk.now + due_in)})
    async with desk.start() as uow:
        await uow.service_levels.save(ticket.id, level)


class Unsure(OneIssue):
    """A brain that would not swear to it."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return replace(await super().triage(burst, vocabulary), confidence=0.4)


class TestMine:
    async def test_who_wrote_waits_until_somebody_answered_and_nobody_was_told_by_a_machine(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person()
        ticket = await mine(desk, mia, "+491")
        began = desk.now
        desk.now += MINUTE
        await desk.customer_writes("Hello?", sender="+491")
        await desk.understand(ticket.conversation_id, Says(a_suggestion(worthy=False)))
        (line,) = (await page(desk, mia)).mine.lines
        assert (line.urgency.reason, line.urgency.at) == (Reason.WAITS, began)

        desk.now += MINUTE
        reply = await desk.reply(ticket, mia)
        assert stands((await page(desk, mia)).mine) == [(ticket.number, Reason.IN_HAND)]
        await desk.rows_changed("UPDATE message SET delivery = 'failed' WHERE id = :id", id=reply)
        assert stands((await page(desk, mia)).mine) == [(ticket.number, Reason.UNDELIVERED)]
        await desk.desk.send_again(reply, by=mia)
        assert stands((await page(desk, mia)).mine) == [(ticket.number, Reason.IN_HAND)]

    async def test_what_concerns_no_ticket_in_particular_waits_in_each_until_one_of_them_is_answered(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person()
        first = await mine(desk, mia, "+491")
        second = await desk.ticket(first.conversation_id, mia)
        for ticket in (first, second):
            await desk.reply(ticket, mia)
        desk.now += MINUTE
        await desk.customer_writes("Are you still there?", sender="+491")
        await desk.understand(first.conversation_id, Says(a_suggestion(worthy=False, confidence=0.99)))
        assert stands((await page(desk, mia)).mine) == [(each.number, Reason.WAITS) for each in (first, second)]
        desk.now += MINUTE
        await desk.reply(second, mia)
        assert {reason for _, reason in stands((await page(desk, mia)).mine)} == {Reason.IN_HAND}

    async def test_a_holiday_note_waits_for_nobody_and_says_nothing(self, desk: DeskAtWork) -> None:
        with_mail(desk)
        mia, first = await desk.person(), a_mail()
        here = await filed(desk, first)
        ticket = await desk.ticket(here, mia)
        await desk.desk.claim(here, by=mia)
        desk.now += MINUTE
        await desk.reply(ticket, mia)
        desk.now += MINUTE
        note = a_mail("I am away.", conversation=here, automatic="it is a holiday note")
        assert await filed(desk, note) == here

        assert stands((await page(desk, mia)).mine) == [(ticket.number, Reason.IN_HAND)]
        async with desk.start() as uow:
            assert not await uow.messages.customer_wrote_last(here)
        await desk.rows_changed(
            "UPDATE conversation SET awaiting_since = :at WHERE id = :id", at=desk.now - 2 * MINUTE, id=here
        )
        lights = SqlLightCards(desk.database, sure_enough=RULES.sure_enough)
        card, (listed,) = await lights.card(here), await lights.unticketed()
        (waiting,) = (await page(desk, mia)).unticketed.lines
        for said in (card.last_words, listed.last_words, waiting.last_words):
            assert "broke" in str(said)
            assert "away" not in str(said)
        assert card.mail is not None
        assert card.mail.automatic is None

    async def test_a_reply_that_was_undone_answered_nothing(self, desk: DeskAtWork) -> None:
        desk.undo(MINUTE)
        mia = await desk.person()
        ticket = await mine(desk, mia, "+491")
        await desk.desk.withdraw(await desk.reply(ticket, mia), by=mia)
        assert stands((await page(desk, mia)).mine) == [(ticket.number, Reason.WAITS)]

    async def test_it_holds_what_is_live_and_theirs_by_urgency(self, desk: DeskAtWork) -> None:
        mia, ben = await desk.person(), await desk.person("Ben")
        waits, late, due, settled = [await mine(desk, mia, f"+49{number}") for number in range(4)]
        await mine(desk, ben, "+495")
        await keep(desk, late, -20 * MINUTE)
        await desk.desk.set_due(due.id, desk.now + HOUR, by=mia)
        await desk.reply(due, mia)
        await desk.desk.discard(settled.id, by=mia)
        pending = await mine(desk, mia, "+496")
        await desk.reply(pending, mia)
        await desk.desk.change_status(pending.id, "in_progress", by=mia)
        await desk.desk.change_status(pending.id, WAITING, by=mia)
        home = await page(desk, mia)
        assert stands(home.mine) == [
            (late.number, Reason.LATE),
            (waits.number, Reason.WAITS),
            (due.number, Reason.DUE_SOON),
        ]
        assert stands(home.pending) == [(pending.number, Reason.PENDING)]


class TestOthers:
    async def test_at_risk_are_those_of_their_teams_but_not_their_own(self, desk: DeskAtWork) -> None:
        for team in ("Support", "Returns"):
            await desk.desk.add_team(team, f"C{team}")
        mia, omar = await desk.person("Mia", team="Support"), await desk.person("Omar", team="Returns")
        ada = await desk.person("Ada", Role.ADMIN)
        own = await mine(desk, mia, "+491")
        _, late = await opened(desk, "+492")
        _, fine = await opened(desk, "+493")
        for ticket, due in ((own, -HOUR), (late, HOUR / 2), (fine, 3 * HOUR)):
            await keep(desk, ticket, due)
        home = await page(desk, mia)
        assert (stands(home.mine), stands(home.at_risk)) == (
            [(own.number, Reason.LATE)],
            [(late.number, Reason.AT_RISK)],
        )
        assert stands((await page(desk, omar)).at_risk) == []  # a ticket of no team is the default team's
        both = [(own.number, Reason.LATE), (late.number, Reason.AT_RISK)]
        assert stands((await page(desk, ada)).at_risk) == both

    async def test_what_the_ai_was_not_sure_of_is_handed_over_until_somebody_claims_it(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        conversation = await desk.customer_writes("It is about the thing.")
        await desk.understand(conversation, Unsure())
        (line,) = (await page(desk, mia)).handed_over.lines
        assert line.work.trigger is Trigger.LOW_CONFIDENCE
        await desk.desk.claim(conversation, by=mia)
        assert (await page(desk, mia)).handed_over.lines == []

    async def test_supervisors_see_what_nobody_has_in_their_teams(self, desk: DeskAtWork) -> None:
        for team in ("Support", "Returns"):
            await desk.desk.add_team(team, f"C{team}")
        _, ticket = await opened(desk, "+491")
        sara = await desk.person("Sara", Role.SUPERVISOR, "Support")
        other = await desk.person("Omar", Role.SUPERVISOR, "Returns")
        assert stands((await page(desk, sara)).unassigned) == [(ticket.number, Reason.WAITS)]
        assert stands((await page(desk, other)).unassigned) == []

    async def test_conversations_without_a_ticket_are_everybodys_until_somebody_has_them(
        self, desk: DeskAtWork
    ) -> None:
        mia, ben = await desk.person(), await desk.person("Ben")
        conversation = await desk.customer_writes("Hello there!")
        greeting = a_suggestion(worthy=False, awaits_answer=True)
        await desk.understand(conversation, Says(greeting))
        (waiting,) = (await page(desk, ben)).unticketed.lines
        assert (waiting.last_words, waiting.since) == ("Hello there!", desk.now)
        await desk.desk.claim(conversation, by=mia)
        assert (await page(desk, ben)).unticketed.lines == []
        assert [each.assignee_id for each in (await page(desk, mia)).unticketed.lines] == [mia.id]

    async def test_what_colleagues_have_does_not_hide_what_nobody_has(self, desk: DeskAtWork) -> None:
        """Ben has 500 conversations that have waited longer than one of Mia's and one of nobody's."""
        mia, ben = await desk.person(), await desk.person("Ben")
        greeting = Says(a_suggestion(worthy=False, awaits_answer=True))
        waiting = [await desk.customer_writes("Hello!", sender=f"+49{number}") for number in range(2)]
        for each in waiting:
            await desk.understand(each, greeting)
        await desk.desk.claim(waiting[0], by=mia)
        await desk.rows_changed(
            """
            INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at,
                assignee_id, awaiting_since)
            SELECT gen_random_uuid(), customer_id, channel, account, 'x' || i, 'open', 1, created_at, :ben,
                awaiting_since - interval '1 day'
            FROM conversation, generate_series(1, 500) AS i WHERE conversation.id = :id
            """,
            ben=ben.id,
            id=waiting[1],
        )
        home = await page(desk, mia)
        assert {each.conversation_id for each in home.unticketed.lines} == set(waiting)

    async def test_where_more_is_at_risk_than_is_looked_at_it_says_so_though_none_of_it_is_theirs(
        self, desk: DeskAtWork
    ) -> None:
        for team in ("Support", "Returns"):
            await desk.desk.add_team(team, f"C{team}")
        omar = await desk.person("Omar", team="Returns")
        _, late = await opened(desk, "+492")
        await keep(desk, late, -HOUR)
        assert not (await page(desk, omar)).at_risk.more
        async with desk.database.single() as session:
            looked_at, more = [
                (await session.execute(MORE_AT_RISK, {"most": most, "now": desk.now})).one().more for most in (1, 0)
            ]
        assert (looked_at, more) == (False, True)

    async def test_a_request_waits_for_who_may_decide_and_stands_with_who_asked(self, refund: Refund) -> None:
        asked, desk = await refund.ask(), refund.at_work
        for person, theirs, own in ((refund.sara, 1, 0), (refund.mia, 0, 1), (refund.omar, 1, 0)):
            home = await page(desk, person)
            assert (len(home.to_decide.lines), len(home.asked.lines)) == (theirs, own), person.name
        (line,) = (await page(desk, refund.sara)).to_decide.lines
        assert (line.number, line.approval.amount, line.approval.id) == (refund.ticket.number, "250.00 USD", asked.id)
        assert stands((await page(desk, refund.mia)).pending) == [(refund.ticket.number, Reason.APPROVAL)]
        await refund.approve(asked, refund.sara)
        assert not (await page(desk, refund.omar)).to_decide.lines

    async def test_where_more_requests_wait_than_are_looked_at_it_says_so(self, refund: Refund) -> None:
        desk, ben = refund.at_work, await refund.at_work.person("Ben")
        await refund.ask()
        assert not (await page(desk, ben)).is_cut
        await desk.rows_changed("""
            INSERT INTO approval
            SELECT another.* FROM approval, generate_series(1, 200) AS i, jsonb_populate_record(
                approval, jsonb_build_object('id', gen_random_uuid(), 'fingerprint', 'another ' || i)
            ) AS another
        """)
        home = await page(desk, ben)
        assert (home.to_decide.lines, home.to_decide.more, home.is_cut) == ([], True, True)

    async def test_a_delegate_decides_what_who_they_stand_in_for_may(self, refund: Refund) -> None:
        desk, ben = refund.at_work, await refund.at_work.person("Ben")
        await refund.ask()
        assert not (await page(desk, ben)).to_decide.lines
        await desk.desk.delegate(refund.sara.email, ben.email, desk.now + HOUR)
        assert len((await page(desk, ben)).to_decide.lines) == 1


@pytest.fixture(scope="module")
def large_desk(postgres: str) -> Iterator[str]:
    """10,000 tickets: 2,000 live, 600 of them Mia's and six Kim's, all promised and unanswered; requests wait, and
    conversations, of which most are a colleague's. It takes seconds to fill, so nobody changes it.
    """
    with asyncio.Runner() as runner:
        made = fresh_database(postgres)
        dsn = runner.run(made.__aenter__())
        try:
            runner.run(_fill(dsn))
            yield dsn
        finally:
            runner.run(made.__aexit__(None, None, None))


async def _fill(dsn: str) -> None:
    async with _connected(dsn) as raw:
        await raw.execute(grown(10_000))
        await raw.execute("""
            INSERT INTO person (id, name, email, role) VALUES
                (md5('p2')::uuid, 'Ben', 'ben@example.com', 'agent'),
                (md5('p3')::uuid, 'Kim', 'kim@example.com', 'admin');
            UPDATE ticket SET status = 'open', status_category = 'open', resolved_at = NULL,
                assignee_id = CASE WHEN number <= 600 THEN md5('p1')::uuid WHEN number <= 606 THEN md5('p3')::uuid END
            WHERE number <= 2000;
            UPDATE conversation SET awaiting_since = now() WHERE id IN (
                SELECT md5('v' || i)::uuid FROM generate_series(3000, 3400) AS i);
            UPDATE conversation SET awaiting_since = now() - interval '1 day', assignee_id = md5('p2')::uuid
            WHERE id IN (SELECT md5('v' || i)::uuid FROM generate_series(3401, 6000) AS i);
            INSERT INTO slack_home (person_id, slack_user, opened_at) VALUES
                (md5('p1')::uuid, 'U1', now()), (md5('p3')::uuid, 'U3', now());
        """)
        await raw.execute("VACUUM ANALYZE")


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    raw = await asyncpg.connect(plain_dsn(dsn))
    try:
        await understand_json(raw)
        yield raw
    finally:
        await raw.close()


@pytest.fixture
async def large(large_desk: str) -> AsyncIterator[asyncpg.Connection]:
    async with _connected(large_desk) as raw:
        yield raw


MIA = Person(_id("p", 1), "Mia", "mia@example.com", Role.ADMIN)
KIM = Person(_id("p", 3), "Kim", "kim@example.com", Role.ADMIN)


async def statements(raw: asyncpg.Connection, homes: SqlHomes, of: Person) -> Sequence[str]:
    sent: list[str] = []
    listen = lambda record: sent.append(record.query)  # noqa: E731
    raw.add_query_logger(listen)
    await homes.read(of, now=utc_now())
    await asyncio.sleep(0)  # asyncpg tells of a statement a turn of the loop later
    raw.remove_query_logger(listen)
    return [each for each in sent if "typeinfo_tree" not in each]


class TestCost:
    async def test_a_page_takes_as_many_statements_for_six_hundred_tickets_as_for_six(
        self, large: asyncpg.Connection
    ) -> None:
        homes = SqlHomes(OneSession(Session(large)), Playbooks())
        await homes.read(MIA, now=utc_now())  # estimates are read once a minute
        many, few = await statements(large, homes, MIA), await statements(large, homes, KIM)
        assert len(few) == len(many) <= 13

    async def test_nothing_is_read_but_what_is_theirs_and_the_first_of_what_others_have(
        self, large: asyncpg.Connection
    ) -> None:
        await large.execute("SET plan_cache_mode = force_generic_plan")
        sent: list[tuple[str, tuple[Any, ...]]] = []
        large.add_query_logger(lambda record: sent.append((record.query, record.args)))
        await SqlHomes(OneSession(Session(large)), Playbooks()).read(MIA, now=utc_now())
        await asyncio.sleep(0)
        asked = [each for each in sent if any(name in each[0] for name in ("mine AS MATERIALIZED", "awaiting_since"))]
        assert len(asked) == 2
        for query, values in asked:
            plan = await large.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
            assert _read(plan[0]["Plan"]) <= 800, query


class TestFresh:
    async def test_a_page_that_is_open_is_looked_at_every_while_and_one_that_is_left_no_more(
        self, desk: DeskAtWork
    ) -> None:
        mia, homes = await desk.person(), SqlHomes(desk.database, desk.playbooks)
        await homes.opened(mia.id, "U1", version=None, now=desk.now)
        looked = []
        for _ in range(int(OPEN_FOR / EVERY) + 4):
            desk.now += EVERY
            looked.append(await refresh_due(start=desk.start, now=desk.now))
        assert looked == [1] * int(OPEN_FOR / EVERY) + [0] * 4
        assert (await desk.jobs()).count("HomeDue") == sum(looked)

    async def test_what_they_press_has_it_looked_at_soon_but_only_while_it_is_open(self, desk: DeskAtWork) -> None:
        mia, homes = await desk.person(), SqlHomes(desk.database, desk.playbooks)
        await homes.pressed("U1", now=desk.now)
        await homes.opened(mia.id, "U1", version=None, now=desk.now)
        await homes.pressed("U1", now=desk.now)
        assert await refresh_due(start=desk.start, now=desk.now) == 0
        assert await refresh_due(start=desk.start, now=desk.now + timedelta(seconds=1)) == 1
        await desk.rows_changed("UPDATE slack_home SET look_at = NULL")
        await homes.pressed("U1", now=desk.now)
        assert await refresh_due(start=desk.start, now=desk.now + HOUR) == 0

    async def test_two_clocks_at_once_have_it_looked_at_once(self, desk: DeskAtWork) -> None:
        mia, homes = await desk.person(), SqlHomes(desk.database, desk.playbooks)
        await homes.opened(mia.id, "U1", version=None, now=desk.now)
        desk.now += EVERY
        found = await asyncio.gather(*(refresh_due(start=desk.start, now=desk.now) for _ in range(4)))
        assert sorted(found) == [0, 0, 0, 1]

    async def test_what_was_read_earlier_is_not_noted_over_what_was_read_later(self, desk: DeskAtWork) -> None:
        mia, homes = await desk.person(), SqlHomes(desk.database, desk.playbooks)
        assert await homes.screen(mia.id) is None
        await homes.opened(mia.id, "U1", version="h0", now=desk.now)
        await homes.drawn(mia.id, version="h2", digest="later", at=desk.now + MINUTE)
        await homes.drawn(mia.id, version="h1", digest="earlier", at=desk.now)
        assert await homes.screen(mia.id) == Screen("U1", "h2", "later", desk.now + MINUTE)
