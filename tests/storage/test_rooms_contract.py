"""What `bot.ports.Rooms` promises, held against PostgreSQL and against the fake that tests use instead."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ports import Rooms
from core.errors import NotFound
from core.ids import new_id
from storage.database import Database
from storage.rooms import SqlRooms
from tests.bot.cards import a_card, an_entry
from tests.factories import NOW, RULES
from tests.fakes.rooms import FakeRooms
from tests.storage.desk import DeskAtWork
from ticketing.people.person import Person
from ticketing.tickets.card import Shown

CHANNEL = "C0SUPPORT"
SECOND = timedelta(seconds=1)


class Stage(Protocol):
    """Rooms, and the means to put something in them."""

    @property
    def rooms(self) -> Rooms: ...

    async def ticket(self, channel: str | None = CHANNEL) -> UUID: ...

    async def write(self, ticket_id: UUID, *texts: str) -> None:
        """Comments written elsewhere, in this order."""
        ...


class FakeStage:
    def __init__(self) -> None:
        self.rooms = FakeRooms()

    async def ticket(self, channel: str | None = CHANNEL) -> UUID:
        card = a_card(ticket_id=new_id())
        self.rooms.put(card, channel=channel)
        return card.ticket_id

    async def write(self, ticket_id: UUID, *texts: str) -> None:
        for at, text in enumerate(texts):
            self.rooms.add_entry(an_entry(ticket_id=ticket_id, kind="comment", text=text, at=NOW + at * SECOND))


class SqlStage:
    def __init__(self, engine: AsyncEngine, store: Database) -> None:
        self.rooms = SqlRooms(store, RULES.lifecycle)
        self._desk = DeskAtWork(engine, store)
        self._mia: Person | None = None

    async def ticket(self, channel: str | None = CHANNEL) -> UUID:
        await self._desk.desk.add_team("Support", channel)
        self._mia = await self._desk.person("Mia")
        conversation = await self._desk.customer_writes()
        return (await self._desk.ticket(conversation, self._mia, "Broken mug")).id

    async def write(self, ticket_id: UUID, *texts: str) -> None:
        assert self._mia is not None
        for text in texts:
            await self._desk.desk.comment(ticket_id, text, by=self._mia)
            self._desk.now += SECOND


@pytest.fixture(params=["fake", "postgresql"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return (
        FakeStage()
        if request.param == "fake"
        else SqlStage(request.getfixturevalue("engine"), request.getfixturevalue("store"))
    )


async def begun(stage: Stage, ticket_id: UUID) -> Sequence[tuple[str, bool]]:
    """Text of what is to be shown, and whether an earlier attempt may have reached Slack."""
    return [(entry.text, entry.posting) for entry in await stage.rooms.begin_entries(ticket_id, now=NOW)]


class TestTake:
    async def test_a_new_ticket_stands_nowhere_yet(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        assert await stage.rooms.take(ticket, job="1", now=NOW) == Shown(ticket, CHANNEL, None, None, None)

    async def test_a_team_may_have_no_channel(self, stage: Stage) -> None:
        ticket = await stage.ticket(channel=None)
        assert await stage.rooms.take(ticket, job="1", now=NOW) == Shown(ticket, None, None, None, None)

    async def test_one_job_at_a_time_and_it_looks_again_for_the_others(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        assert await stage.rooms.take(ticket, job="1", now=NOW)
        assert await stage.rooms.take(ticket, job="2", now=NOW + SECOND) is None
        assert await stage.rooms.release(ticket, job="1")
        assert await stage.rooms.take(ticket, job="1", now=NOW + SECOND)
        assert not await stage.rooms.release(ticket, job="1")
        assert await stage.rooms.take(ticket, job="2", now=NOW + SECOND)

    async def test_a_job_that_died_may_take_it_again_at_once(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.rooms.take(ticket, job="1", now=NOW)
        again = await stage.rooms.take(ticket, job="1", now=NOW + SECOND)
        assert again is not None
        assert again.posting_since == NOW

    async def test_others_wait_for_a_dead_one_no_longer_than_its_time(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.rooms.take(ticket, job="1", now=NOW)
        assert await stage.rooms.take(ticket, job="2", now=NOW + 29 * SECOND) is None
        assert await stage.rooms.take(ticket, job="2", now=NOW + 31 * SECOND)
        assert not await stage.rooms.release(ticket, job="1")
        assert await stage.rooms.take(ticket, job="3", now=NOW + 32 * SECOND) is None

    async def test_the_first_attempt_to_post_is_the_one_that_counts(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        for minute in range(3):
            shown = await stage.rooms.take(ticket, job="1", now=NOW + minute * timedelta(minutes=1))
            await stage.rooms.release(ticket, job="1")
        assert shown is not None
        assert shown.posting_since == NOW

    async def test_there_is_nothing_to_take_of_no_ticket(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            await stage.rooms.take(new_id(), job="1", now=NOW)
        with pytest.raises(NotFound):
            await stage.rooms.card(new_id())


class TestTheCard:
    async def test_where_it_stands_is_remembered_both_ways(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.rooms.take(ticket, job="1", now=NOW)
        await stage.rooms.card_shown(ticket, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        await stage.rooms.release(ticket, job="1")
        assert await stage.rooms.take(ticket, job="2", now=NOW) == Shown(ticket, CHANNEL, "1.1", "d", None)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") == ticket
        assert await stage.rooms.ticket_at(CHANNEL, "1.2") is None
        assert await stage.rooms.ticket_at("C0OTHER", "1.1") is None

    async def test_a_lost_one_counts_as_never_posted(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.rooms.take(ticket, job="1", now=NOW)
        await stage.rooms.card_shown(ticket, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        await stage.rooms.card_lost(ticket)
        await stage.rooms.release(ticket, job="1")
        assert await stage.rooms.take(ticket, job="1", now=NOW) == Shown(ticket, CHANNEL, None, None, None)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") is None

    async def test_one_that_was_deleted_while_it_was_changed_is_not_noted_as_standing(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.rooms.take(ticket, job="1", now=NOW)
        assert await stage.rooms.card_shown(ticket, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        assert await stage.rooms.card_shown(ticket, channel=CHANNEL, ts="1.1", digest="e", now=NOW)
        await stage.rooms.card_lost(ticket)
        assert not await stage.rooms.card_shown(ticket, channel=CHANNEL, ts="1.1", digest="f", now=NOW)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") is None


class TestEntries:
    async def test_are_begun_in_order_and_marked(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        assert await begun(stage, ticket) == [("one", False), ("two", False)]
        assert await begun(stage, ticket) == [("one", True), ("two", True)]

    async def test_once_shown_are_done_with(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        first, _ = await stage.rooms.begin_entries(ticket, now=NOW)
        await stage.rooms.entry_shown(first.id, ts="1.2")
        assert await begun(stage, ticket) == [("two", True)]

    async def test_that_provably_did_not_arrive_begin_afresh(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        _, second = await stage.rooms.begin_entries(ticket, now=NOW)
        await stage.rooms.entries_lost([second.id])
        assert await begun(stage, ticket) == [("one", True), ("two", False)]


class TestUsers:
    async def test_the_newest_address_of_a_slack_user_is_known(self, stage: Stage) -> None:
        assert await stage.rooms.email_of("U1") is None
        await stage.rooms.remember_user("U1", "old@desk.example", now=NOW)
        await stage.rooms.remember_user("U1", "new@desk.example", now=NOW)
        assert await stage.rooms.email_of("U1") == "new@desk.example"
