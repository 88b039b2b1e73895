"""A digest is planned once for each working day of each person, whatever becomes of the clock; and what it counts."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import ALWAYS_OPEN
from storage.digests import SqlDigests
from storage.homes import SqlHomes
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.playbooks import IN_PROGRESS, RESOLVED
from tests.storage.desk import DeskAtWork
from ticketing.digests.days import bounds
from ticketing.digests.numbers import Numbers, Scope, scope_of
from ticketing.digests.plan import LATE, plan_digests
from ticketing.people.person import Person, Role
from ticketing.people.preferences import Preferences

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
PLANNED = "SELECT key, state, why FROM direct_message WHERE kind = 'digest' ORDER BY since, person_id"


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    """Hired on the Friday before."""
    desk.now = MONDAY_NINE - timedelta(days=3, hours=-1)
    desk.desk = replace(desk.desk, zone=BERLIN)
    mia = await desk.desk.add_person("Mia", "mia@example.com", Role.AGENT)
    await tick(desk, MONDAY_NINE - timedelta(days=1))  # the weekend has none
    await tick(desk, MONDAY_NINE - timedelta(hours=1))
    return mia


async def tick(desk: DeskAtWork, now: datetime, *, zone: ZoneInfo = BERLIN) -> int:
    desk.now = now
    return await plan_digests(hours=ALWAYS_OPEN, zone=zone, start=desk.start, now=now)


async def planned(desk: DeskAtWork) -> list[tuple[str, str, str | None]]:
    return [tuple(row) for row in await desk.rows(PLANNED)]


@pytest.mark.usefixtures("mia")
class TestPlanning:
    async def test_not_before_its_time_and_then_once(self, desk: DeskAtWork) -> None:
        await tick(desk, MONDAY_NINE - SECOND)
        assert await planned(desk) == []
        for at in (MONDAY_NINE, MONDAY_NINE, MONDAY_NINE + SECOND):
            await tick(desk, at)
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]
        assert await desk.jobs() == ["DirectMessageDue"]

    async def test_five_clocks_at_once_plan_it_once(self, desk: DeskAtWork) -> None:
        await asyncio.gather(*(tick(desk, MONDAY_NINE) for _ in range(5)))
        assert await desk.jobs() == ["DirectMessageDue"]

    async def test_each_working_day_has_one_and_a_weekend_none(self, desk: DeskAtWork) -> None:
        for hours in range(24 * 9):
            await tick(desk, MONDAY_NINE + timedelta(hours=hours))
        days = Counter(key for key, _, _ in await planned(desk))
        assert days == {
            f"digest:2026-{day}": 1 for day in ("11-23", "11-24", "11-25", "11-26", "11-27", "11-30", "12-01")
        }

    async def test_a_clock_that_was_down_for_less_than_two_hours_plans_it_late(self, desk: DeskAtWork) -> None:
        await tick(desk, MONDAY_NINE + LATE)
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]

    async def test_a_clock_that_was_down_over_the_weekend_tells_mondays(self, desk: DeskAtWork) -> None:
        await desk.rows_changed("UPDATE preference SET next_digest_at = '2026-11-21T08:00Z'")  # Saturday at nine
        for _ in range(2):
            await tick(desk, MONDAY_NINE + timedelta(hours=1))
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]

    async def test_one_that_was_down_for_longer_leaves_a_record_and_tomorrows_comes(self, desk: DeskAtWork) -> None:
        await tick(desk, MONDAY_NINE + LATE + SECOND)
        assert await planned(desk) == [("digest:2026-11-23", "dropped", "late")]
        assert await desk.jobs() == []
        await tick(desk, MONDAY_NINE + timedelta(days=1))
        assert (await planned(desk))[1:] == [("digest:2026-11-24", "owed", None)]

    async def test_where_clocks_are_put_forward_it_comes_at_nine_of_the_new_time(self, desk: DeskAtWork) -> None:
        saturday = datetime(2027, 3, 27, 12, tzinfo=BERLIN)
        await tick(desk, saturday)
        await desk.rows_changed("DELETE FROM direct_message")
        monday = datetime(2027, 3, 29, 7, tzinfo=UTC)  # nine in summer
        await tick(desk, datetime(2027, 3, 28, 12, tzinfo=UTC))
        await tick(desk, monday - SECOND)
        assert await planned(desk) == []
        await tick(desk, monday)
        assert await planned(desk) == [("digest:2027-03-29", "owed", None)]

    async def test_a_time_that_a_day_shows_twice_comes_once(self, desk: DeskAtWork, mia: Person) -> None:
        desk.now = datetime(2027, 10, 30, 12, tzinfo=UTC)
        await desk.desk.prefer(Preferences(digest_at=time(2, 30)), by=mia)
        desk.playbooks = Playbooks()
        for minutes in range(0, 60 * 48, 10):
            await tick(desk, desk.now + timedelta(minutes=10) if minutes else desk.now)
        keys = [key for key, _, _ in await planned(desk)]
        assert keys == ["digest:2027-11-01"]  # the 31st is a Sunday

    async def test_where_the_zone_of_the_desk_changed_it_is_planned_anew(self, desk: DeskAtWork) -> None:
        new_york = ZoneInfo("America/New_York")
        await tick(desk, MONDAY_NINE, zone=new_york)
        assert await planned(desk) == []
        await tick(desk, datetime(2026, 11, 23, 14, tzinfo=UTC), zone=new_york)
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]

    async def test_where_slack_says_that_they_live_elsewhere_it_comes_by_their_clock(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        rooms = SqlRooms(desk.database, Playbooks())
        await rooms.remember_user("U1", mia.email, zone="America/New_York", now=desk.now)
        await tick(desk, MONDAY_NINE)
        assert await planned(desk) == []
        await tick(desk, datetime(2026, 11, 23, 14, tzinfo=UTC))
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]

    async def test_who_has_left_gets_none_and_who_comes_back_does(self, desk: DeskAtWork, mia: Person) -> None:
        await desk.desk.retire(mia.email)
        for _ in range(2):
            await tick(desk, MONDAY_NINE)
        assert await planned(desk) == []
        assert await desk.rows("SELECT 1 FROM preference WHERE next_digest_at IS NOT NULL") == []
        await desk.desk.add_person("Mia", mia.email, Role.AGENT)
        await tick(desk, MONDAY_NINE + timedelta(days=1))
        assert await planned(desk) == [("digest:2026-11-24", "owed", None)]

    async def test_who_moved_to_a_later_time_after_todays_has_no_second_one_today(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        await tick(desk, MONDAY_NINE)
        await desk.desk.prefer(Preferences(digest_at=time(11)), by=mia)
        await tick(desk, MONDAY_NINE + timedelta(hours=2))
        assert await planned(desk) == [("digest:2026-11-23", "owed", None)]

    async def test_who_is_new_at_the_schema_before_has_none_at_a_time_that_nobody_chose(self, desk: DeskAtWork) -> None:
        await desk.rows_changed("UPDATE preference SET next_digest_at = '2026-11-20T10:17:31Z'")
        await tick(desk, MONDAY_NINE - timedelta(minutes=1))
        assert await planned(desk) == []
        await tick(desk, MONDAY_NINE)
        assert len(await planned(desk)) == 1


class TestNumbers:
    async def test_a_day_counts_what_was_opened_resolved_and_rated_on_it_for_whoever_asks(
        self, desk: DeskAtWork
    ) -> None:
        await desk.desk.add_team("Support", "C1")
        mia = await desk.person("Mia")
        ben = await desk.person("Ben")
        for number, person in enumerate((mia, mia, ben)):
            ticket = await desk.ticket(await desk.customer_writes(f"M{number}", sender=f"+49{number}"), person)
            await desk.desk.assign(ticket.id, person.id, by=person)
            for status in (IN_PROGRESS, RESOLVED):
                await desk.desk.change_status(ticket.id, status, by=person)
        await desk.rows_changed(
            "INSERT INTO survey (id, ticket_id, conversation_id, customer_id, channel, agent_id, resolved_at, due_at,"
            " state, score, answered_at) SELECT gen_random_uuid(), id, conversation_id, customer_id, 'fake',"
            " assignee_id, resolved_at, resolved_at, 'answered', 4, resolved_at FROM ticket WHERE assignee_id = :mia",
            mia=mia.id,
        )
        homes = SqlHomes(desk.database, desk.playbooks)
        digests = SqlDigests(desk.database, desk.playbooks, homes, hours=ALWAYS_OPEN, zone=UTC)
        today = desk.now.date()
        days = [(day, *bounds(day, UTC)) for day in (today - timedelta(days=1), today)]
        theirs = await digests.numbers(scope_of(mia), days)
        assert list(theirs) == [Numbers(days[0][0]), Numbers(today, 2, 2, 0, 2, 4.0)]
        team = (await desk.desk.teams())[0]
        assert (await digests.numbers(Scope(teams=[team.id]), days))[1].resolved == 3
        assert (await digests.numbers(Scope(), days))[1].opened == 3
        assert (await digests.numbers(Scope(), [(date(2000, 1, 1), *bounds(date(2000, 1, 1), UTC))]))[0].opened == 0
