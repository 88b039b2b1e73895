"""What people want to be told of is kept for each of them, and every change is recorded."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.storage.desk import DeskAtWork
from ticketing.people.person import Person
from ticketing.people.preferences import ByMail, Notice, Preferences, ZoneUnknown

WANTED = Preferences(frozenset({Notice.WATCHED, Notice.APPROVAL}), digest_at=time(7, 30), zone="Asia/Tokyo")
NEXT = "SELECT next_digest_at FROM preference WHERE person_id = :person"
RECORDED = "SELECT actor_name, before, after FROM activity WHERE kind = 'preferences.changed' ORDER BY seq"


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


async def test_whoever_is_new_has_the_usual_and_a_digest_to_come(desk: DeskAtWork) -> None:
    zoe = await desk.desk.add_person("Zoe", "zoe@desk.example", (await desk.person("Mia")).role)
    assert await desk.desk.preferences(by=zoe) == Preferences()
    ((following,),) = await desk.rows(NEXT, person=zoe.id)
    assert following > desk.now
    assert following.astimezone(UTC).time() == time(9)


async def test_what_they_want_is_kept_and_recorded_once(desk: DeskAtWork, mia: Person) -> None:
    for _ in range(2):
        assert await desk.desk.prefer(WANTED, by=mia) == WANTED
    assert await desk.desk.preferences(by=mia) == WANTED
    ((who, before, after),) = await desk.rows(RECORDED)
    assert (who, before["silenced"], after["silenced"]) == ("Mia", [], ["approval", "watched"])
    assert (after["digest_at"], after["zone"]) == ("07:30", "Asia/Tokyo")
    ((following,),) = await desk.rows(NEXT, person=mia.id)
    assert following.astimezone(UTC).time() == time(22, 30)


async def test_who_wants_no_digest_has_none_to_come(desk: DeskAtWork, mia: Person) -> None:
    await desk.desk.prefer(replace(WANTED, digest=False), by=mia)
    assert await desk.rows(NEXT, person=mia.id) == [(None,)]


async def test_an_admin_says_who_is_told_by_mail_and_the_record_says_of_whom(desk: DeskAtWork, mia: Person) -> None:
    await desk.desk.prefer(WANTED, by=mia)
    for _ in range(2):
        await desk.desk.choose_by_mail(f" {mia.email.upper()}", ByMail.NEVER)
    assert await desk.desk.preferences(by=mia) == replace(WANTED, by_mail=ByMail.NEVER)
    assert (await desk.desk.by_mail())[mia.id] is ByMail.NEVER
    _, (who, before, after) = await desk.rows(RECORDED)
    assert (who, before["by_mail"], after["by_mail"]) == ("Threadline", "outside_slack", "never")
    assert after["person"] == mia.email


async def test_a_zone_that_is_none_changes_nothing(desk: DeskAtWork, mia: Person) -> None:
    with pytest.raises(ZoneUnknown):
        await desk.desk.prefer(replace(WANTED, zone="Mars/Olympus"), by=mia)
    assert await desk.desk.preferences(by=mia) == Preferences()


async def test_the_zone_of_their_slack_profile_is_known_once_slack_said_it(desk: DeskAtWork, mia: Person) -> None:
    rooms = SqlRooms(desk.database, Playbooks())
    now = datetime(2026, 11, 23, tzinfo=UTC)
    await rooms.remember_user("U1", mia.email, zone="America/New_York", now=now)
    await rooms.remember_user("U1", mia.email, now=now)  # does not say it again
    assert str((await desk.desk.preferences(by=mia)).where(UTC)) == "America/New_York"
    assert (await desk.desk.prefer(Preferences(slack_zone="Asia/Tokyo"), by=mia)).slack_zone == "America/New_York"
