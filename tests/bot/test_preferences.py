"""Preferences, from the home tab: what somebody is told of, and when their digest comes."""

from datetime import time
from typing import Any

import pytest

from bot.intents import Action, Field
from core.instants import utc_now
from emulators.slack import Person, as_text
from tests.bot.office import Office
from tests.bot.test_home import colleague, press
from ticketing.people.preferences import ByMail, Notice, Preferences


@pytest.fixture
async def form(office: Office, mia: Person) -> str:
    await mia.open_home()
    await press(mia, Action.PREFERENCES)
    return str(mia.modals()[-1]["id"])


async def kept(office: Office) -> Preferences:
    return await office.desk.preferences(by=await colleague(office, "mia"))


async def test_it_shows_what_is_kept_and_keeps_what_is_chosen(office: Office, mia: Person, form: str) -> None:
    shown = as_text(mia.modals()[-1], columns=100)
    assert "☑ A comment names me" in shown
    assert "Slack, or the desk: " in shown
    assert "Where Slack cannot reach me" in shown
    chosen: dict[str, Any] = {
        Field.NOTICES: [Notice.ASSIGNED, Notice.APPROVAL],
        Field.DIGEST: [],
        Field.DIGEST_AT: "07:30",
        Field.TIME_ZONE: "Asia/Kolkata",
        Field.BY_MAIL: ByMail.ALWAYS,
    }
    done = await mia.submit(form, chosen)
    assert done.outcome == "closed", done
    told = await kept(office)
    assert told.silenced == {Notice.MENTIONED, Notice.WATCHED, Notice.ESCALATED, Notice.AUTONOMY}
    assert (told.digest, told.digest_at, told.zone) == (False, time(7, 30), "Asia/Kolkata")
    assert told.by_mail is ByMail.ALWAYS

    await press(mia, Action.PREFERENCES)
    shown = as_text(mia.modals()[-1], columns=100)
    for words in ("☐ A comment names me", "☑ A colleague gives a", "☐ Send it to me", "‹07:30", "Asia/Kolkata"):
        assert words in shown


async def test_saved_as_it_is_nothing_changes(office: Office, mia: Person, form: str) -> None:
    before = await kept(office)
    assert (await mia.submit(form)).outcome == "closed"
    assert await kept(office) == before
    assert await office.all("SELECT * FROM activity WHERE kind = 'preferences.changed'") == []


async def test_what_nobody_can_choose_is_refused_in_words(office: Office, mia: Person, form: str) -> None:
    """A zone that this machine does not know, from a form that another one drew."""
    view = mia.modals()[-1]
    menu = next(block for block in view["blocks"] if block.get("block_id") == Field.TIME_ZONE)["element"]
    menu["option_groups"][0]["options"][1]["value"] = "Mars/Olympus_Mons"
    done = await mia.submit(form, {Field.TIME_ZONE: "Mars/Olympus_Mons"})
    assert done.errors[Field.TIME_ZONE].startswith("There is no such time zone")


async def test_who_has_left_the_desk_changes_nothing(office: Office, mia: Person, form: str) -> None:
    await office.rooms.remember_user(mia.id, "nobody@desk.example", now=utc_now())
    await mia.submit(form, {Field.DIGEST: []})
    assert "You are not in Threadline" in as_text(mia.modals()[-1], columns=200)
    assert (await kept(office)).digest
