"""Somebody leaves the desk: nothing is theirs to do any more, and nothing of what they did is lost."""

from dataclasses import replace
from datetime import time

import pytest

from bot.intents import Action
from core.errors import NotFound
from emulators.slack import Person
from storage.queries.trouble import trouble
from tests.bot.office import Office, told
from ticketing.people.person import Person as Colleague
from ticketing.people.person import Role
from ticketing.people.preferences import Notice, Preferences


async def at_the_desk(office: Office, name: str) -> Colleague:
    found = await office.desk.person_by_email(f"{name}@desk.example")
    assert found is not None
    return found


async def test_their_buttons_do_nothing_and_their_ticket_stays_with_them_until_it_is_taken(
    office: Office, mia: Person, ben: Person
) -> None:
    await office.press(mia, Action.CLAIM)
    await mia.say(office.support, "Looks like the courier.", office.ts)
    assert (await trouble(office.engine)).left_behind == ()
    await office.desk.retire("mia@desk.example")
    assert (await trouble(office.engine)).left_behind == (f"#{office.ticket.number} (Mia)",)
    await office.show()
    assert "Assignee: Mia" in office.card()
    await office.press(mia, Action.STATUS)
    assert told(mia).startswith("You are not in Threadline")
    assert await office.all("SELECT text FROM comment") == [{"text": "Looks like the courier."}]
    await office.press(ben, Action.TAKE_OVER)
    await office.show()
    assert "Assignee: Ben" in office.card()


async def test_nobody_gives_them_anything_new(office: Office) -> None:
    ben = await at_the_desk(office, "ben")
    mia = await office.desk.retire("mia@desk.example")
    await office.desk.add_person("Sara", "sara@desk.example", Role.ADMIN)
    sara = await at_the_desk(office, "sara")
    for refused in (
        office.desk.assign(office.ticket.id, mia.id, by=sara),
        office.desk.set_owner(office.ticket.id, person=mia.id, by=sara),
        office.desk.watch(office.ticket.id, person=mia.id, by=ben),
    ):
        with pytest.raises(NotFound, match="Mia has left the desk"):
            await refused
    assert [each.name for each in await office.desk.people()] == ["Ben", "Sara"]
    assert (
        await office.all("SELECT person_id FROM team_member WHERE person_id = :id".replace(":id", f"'{mia.id}'")) == []
    )


async def test_it_is_recorded_once_and_adding_them_again_brings_them_back(office: Office) -> None:
    before = await at_the_desk(office, "mia")
    await office.desk.retire(" Mia@desk.example ")
    await office.desk.retire("mia@desk.example")
    back = await office.desk.add_person("", "mia@desk.example", Role.SUPERVISOR)
    assert (back.id, back.name, back.role) == (before.id, "Mia", Role.SUPERVISOR)
    kinds = await office.all("SELECT kind FROM activity WHERE kind LIKE 'person.%' ORDER BY seq")
    assert [each["kind"] for each in kinds[-2:]] == ["person.left", "person.returned"]
    assert (await at_the_desk(office, "mia")).teams == before.teams


async def test_who_comes_back_wants_to_be_told_what_they_wanted_before(office: Office) -> None:
    mia = await at_the_desk(office, "mia")
    wanted = Preferences(frozenset({Notice.WATCHED}), digest=False, digest_at=time(7, 30), zone="Europe/Lisbon")
    await office.desk.prefer(wanted, by=mia)
    await office.desk.retire("mia@desk.example")
    back = await office.desk.add_person("", "mia@desk.example", Role.AGENT)
    assert replace(await office.desk.preferences(by=back), slack_zone=None) == wanted


async def test_who_was_never_here_cannot_leave(office: Office) -> None:
    with pytest.raises(NotFound, match="Nobody of the desk has the address"):
        await office.desk.retire("nobody@desk.example")
