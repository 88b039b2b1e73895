"""What `bot.ports.Rooms` promises, held against PostgreSQL and against the fake that tests use instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ports import Rooms
from core.errors import NotFound, Throttled
from core.ids import new_id
from storage.database import Database
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.bot.cards import a_card, an_entry
from tests.factories import NOW
from tests.fakes.rooms import FakeRooms
from tests.storage.desk import DeskAtWork
from ticketing.people.person import Person
from ticketing.tickets.card import Run, Shown, repair_job

CHANNEL = "C0SUPPORT"
SECOND = timedelta(seconds=1)
HELD_FOR = timedelta(seconds=20)
ONE, TWO, THREE = Run("1"), Run("2"), Run("3")
ONE_AGAIN = Run("1")  # the same job, begun once more


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
        self.rooms = SqlRooms(store, Playbooks())
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


async def take(stage: Stage, owner_id: UUID, run: Run, now: datetime = NOW) -> Shown | None:
    return await stage.rooms.take(owner_id, run=run, now=now, until=now + HELD_FOR)


async def begun(stage: Stage, ticket_id: UUID) -> Sequence[tuple[str, bool]]:
    """Text of what is to be shown, and whether an earlier attempt may have reached Slack."""
    return [(entry.text, entry.posting) for entry in await stage.rooms.begin_entries(ticket_id, now=NOW)]


async def test_where_nothing_is_promised_nothing_is_at_risk(stage: Stage) -> None:
    await stage.ticket()
    assert await stage.rooms.at_risk(most=20) == []


class TestTake:
    async def test_a_new_ticket_stands_nowhere_yet(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        assert await take(stage, ticket, ONE) == Shown(ticket, CHANNEL, None, None, None)

    async def test_a_team_may_have_no_channel(self, stage: Stage) -> None:
        ticket = await stage.ticket(channel=None)
        assert await take(stage, ticket, ONE) == Shown(ticket, None, None, None, None)

    async def test_one_job_at_a_time_and_it_looks_again_for_the_others(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        assert await take(stage, ticket, ONE)
        assert await take(stage, ticket, TWO, NOW + SECOND) is None
        assert await stage.rooms.release(ticket, run=ONE)
        assert await take(stage, ticket, ONE, NOW + SECOND)
        assert not await stage.rooms.release(ticket, run=ONE)
        assert await take(stage, ticket, TWO, NOW + SECOND)

    async def test_a_second_run_of_the_same_job_waits_until_the_first_ones_time_is_over(self, stage: Stage) -> None:
        """It may be dead, or only slow. Nobody but this job would look again, so it must not just go."""
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        with pytest.raises(Throttled) as wait:
            await take(stage, ticket, ONE_AGAIN, NOW + 12 * SECOND)
        assert 8 < wait.value.retry_after < 9
        again = await take(stage, ticket, ONE_AGAIN, NOW + 12 * SECOND + timedelta(seconds=wait.value.retry_after))
        assert again is not None
        assert again.posting_since == NOW

    async def test_whoever_meets_a_repair_comes_again_for_an_interrupted_one_looks_at_no_note(
        self, stage: Stage
    ) -> None:
        ticket = await stage.ticket()
        repair = Run(repair_job())
        assert await take(stage, ticket, repair)
        for run in (ONE, Run(repair_job()), Run(repair.job)):
            with pytest.raises(Throttled) as wait:
                await take(stage, ticket, run, NOW + 12 * SECOND)
            assert 8 < wait.value.retry_after < 9
        assert await stage.rooms.release(ticket, run=repair), "the repair looks once more all the same"
        assert await take(stage, ticket, ONE, NOW + 13 * SECOND)
        assert await take(stage, ticket, repair, NOW + 13 * SECOND) is None, "a job can be left a note"

    async def test_others_wait_for_a_dead_one_no_longer_than_its_time(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        assert await take(stage, ticket, TWO, NOW + 19 * SECOND) is None
        assert await take(stage, ticket, TWO, NOW + 21 * SECOND)
        assert await stage.rooms.release(ticket, run=ONE)  # it was too late, and has to look again
        assert await take(stage, ticket, THREE, NOW + 22 * SECOND) is None

    async def test_renewing_makes_it_longer_and_keeps_the_notes_of_others(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        assert await take(stage, ticket, TWO, NOW + 15 * SECOND) is None
        assert await stage.rooms.renew(ticket, run=ONE, until=NOW + 40 * SECOND)
        assert await take(stage, ticket, TWO, NOW + 39 * SECOND) is None
        assert await stage.rooms.renew(ticket, run=ONE, until=NOW + 60 * SECOND)
        assert await stage.rooms.release(ticket, run=ONE)

    async def test_whoever_is_late_may_renew_as_long_as_nobody_has_taken_over(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        assert await stage.rooms.renew(ticket, run=ONE, until=NOW + 90 * SECOND)
        assert await take(stage, ticket, TWO, NOW + 89 * SECOND) is None

    @pytest.mark.parametrize("other", [ONE_AGAIN, TWO], ids=["the same job", "another job"])
    async def test_what_was_taken_over_never_comes_back(self, stage: Stage, other: Run) -> None:
        """Also when the other one has let go: what the first one has read is old, and it would post a second card."""
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        assert await take(stage, ticket, other, NOW + 21 * SECOND)
        assert not await stage.rooms.renew(ticket, run=ONE, until=NOW + 60 * SECOND)
        assert not await stage.rooms.release(ticket, run=other)
        assert not await stage.rooms.renew(ticket, run=ONE, until=NOW + 60 * SECOND)
        assert await take(stage, ticket, THREE, NOW + 22 * SECOND)

    async def test_the_first_attempt_to_post_is_the_one_that_counts(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        for minute in range(3):
            shown = await take(stage, ticket, ONE, NOW + timedelta(minutes=minute))
            await stage.rooms.release(ticket, run=ONE)
        assert shown is not None
        assert shown.posting_since == NOW

    async def test_there_is_nothing_to_take_of_no_ticket(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            await take(stage, new_id(), ONE)
        with pytest.raises(NotFound):
            await stage.rooms.card(new_id())


class TestTheCard:
    async def test_where_it_stands_is_remembered_both_ways(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        await stage.rooms.release(ticket, run=ONE)
        assert await take(stage, ticket, TWO) == Shown(ticket, CHANNEL, "1.1", "d", None)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") == ticket
        assert await stage.rooms.ticket_at(CHANNEL, "1.2") is None
        assert await stage.rooms.ticket_at("C0OTHER", "1.1") is None

    async def test_what_it_shows_is_unknown_to_who_takes_over_from_a_run_that_never_let_go(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        assert await take(stage, ticket, TWO, NOW + SECOND) is None
        later = NOW + 21 * SECOND
        assert await take(stage, ticket, TWO, later) == Shown(ticket, CHANNEL, "1.1", None, None)
        await stage.rooms.card_shown(ticket, run=TWO, channel=CHANNEL, ts="1.1", digest="e", now=later)
        await stage.rooms.release(ticket, run=TWO)
        assert await take(stage, ticket, ONE, later) == Shown(ticket, CHANNEL, "1.1", "e", None)

    async def test_a_lost_one_counts_as_never_posted(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        await stage.rooms.card_lost(ticket, run=ONE)
        await stage.rooms.release(ticket, run=ONE)
        assert await take(stage, ticket, ONE) == Shown(ticket, CHANNEL, None, None, None)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") is None

    async def test_one_that_was_deleted_while_it_was_changed_is_not_noted_as_standing(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await take(stage, ticket, ONE)
        assert await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        assert await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="e", now=NOW)
        await stage.rooms.card_lost(ticket, run=ONE)
        assert not await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="f", now=NOW)
        assert await stage.rooms.ticket_at(CHANNEL, "1.1") is None

    async def test_what_a_run_notes_after_it_was_taken_over_changes_nothing(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one")
        await take(stage, ticket, ONE)
        await take(stage, ticket, ONE_AGAIN, NOW + 21 * SECOND)
        (entry,) = await stage.rooms.begin_entries(ticket, now=NOW)
        assert not await stage.rooms.card_shown(ticket, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
        assert await stage.rooms.card_shown(ticket, run=ONE_AGAIN, channel=CHANNEL, ts="1.2", digest="d", now=NOW)
        await stage.rooms.card_lost(ticket, run=ONE)
        assert await stage.rooms.ticket_at(CHANNEL, "1.2") == ticket
        await stage.rooms.entry_shown(entry.id, run=ONE, ts="1.3")
        await stage.rooms.entries_lost([entry.id], run=ONE)
        assert await begun(stage, ticket) == [("one", True)]
        await stage.rooms.entry_shown(entry.id, run=ONE_AGAIN, ts="1.4")
        assert await begun(stage, ticket) == []


class TestEntries:
    async def test_are_begun_in_order_and_marked(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        assert await begun(stage, ticket) == [("one", False), ("two", False)]
        assert await begun(stage, ticket) == [("one", True), ("two", True)]

    async def test_once_shown_are_done_with(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        await take(stage, ticket, ONE)
        first, _ = await stage.rooms.begin_entries(ticket, now=NOW)
        await stage.rooms.entry_shown(first.id, run=ONE, ts="1.2")
        assert await begun(stage, ticket) == [("two", True)]

    async def test_one_that_was_posted_below_a_card_that_was_deleted_meanwhile_goes_below_the_next(
        self, stage: Stage
    ) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one")
        await take(stage, ticket, ONE)
        (entry,) = await stage.rooms.begin_entries(ticket, now=NOW)
        await stage.rooms.card_lost(ticket, run=ONE)
        await stage.rooms.entry_shown(entry.id, run=ONE, ts="1.2")
        (again,) = await stage.rooms.begin_entries(ticket, now=NOW)
        assert (again.text, again.slack_ts, again.posting) == ("one", None, False)

    async def test_that_provably_did_not_arrive_begin_afresh(self, stage: Stage) -> None:
        ticket = await stage.ticket()
        await stage.write(ticket, "one", "two")
        await take(stage, ticket, ONE)
        _, second = await stage.rooms.begin_entries(ticket, now=NOW)
        await stage.rooms.entries_lost([second.id], run=ONE)
        assert await begun(stage, ticket) == [("one", True), ("two", False)]


class TestUsers:
    async def test_the_newest_address_of_a_slack_user_is_known(self, stage: Stage) -> None:
        assert await stage.rooms.email_of("U1") is None
        await stage.rooms.remember_user("U1", "old@desk.example", now=NOW)
        await stage.rooms.remember_user("U1", "new@desk.example", now=NOW)
        assert await stage.rooms.email_of("U1") == "new@desk.example"

    async def test_what_was_said_too_long_ago_is_only_told_to_who_takes_that(self, stage: Stage) -> None:
        await stage.rooms.remember_user("U1", "mia@desk.example", now=NOW)
        assert await stage.rooms.email_of("U1", since=NOW) == "mia@desk.example"
        assert await stage.rooms.email_of("U1", since=NOW + timedelta(seconds=1)) is None
        await stage.rooms.remember_user("U1", "mia@desk.example", now=NOW + timedelta(hours=1))
        assert await stage.rooms.email_of("U1", since=NOW + timedelta(seconds=1)) == "mia@desk.example"
