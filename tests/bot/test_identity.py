"""Who a Slack user is, as time passes: an address that changes in Slack, an account that is closed there."""

from datetime import datetime, timedelta

import pytest

from bot.client import Slack
from bot.identity import Stranger, identify
from core.errors import ChannelUnavailable
from core.instants import utc_now
from emulators.slack import Person, Workspace
from tests.bot.office import Office

LATER = timedelta(days=1, minutes=1)


async def who(office: Office, person: Person, *, after: timedelta = timedelta()) -> str:
    def clock() -> datetime:
        return utc_now() + after

    return (await identify(person.id, desk=office.desk, rooms=office.rooms, slack=office.slack, clock=clock)).name


async def test_slack_is_asked_once_a_day(office: Office, workspace: Workspace, mia: Person) -> None:
    asked = len(workspace.calls_of("users.info"))
    assert [await who(office, mia) for _ in range(3)] == ["Mia"] * 3
    assert len(workspace.calls_of("users.info")) == asked + 1
    assert await who(office, mia, after=LATER) == "Mia"
    assert await who(office, mia, after=LATER) == "Mia"
    assert len(workspace.calls_of("users.info")) == asked + 2


async def test_an_address_that_changed_in_slack_is_known_a_day_later(office: Office, mia: Person) -> None:
    assert await who(office, mia) == "Mia"
    mia.email = "ben@desk.example"
    assert await who(office, mia) == "Mia"
    assert await who(office, mia, after=LATER) == "Ben"


async def test_who_left_slack_is_nobody_a_day_later(office: Office, mia: Person) -> None:
    assert await who(office, mia) == "Mia"
    mia.deleted = True
    with pytest.raises(Stranger):
        await who(office, mia, after=LATER)


async def test_while_slack_cannot_say_its_last_word_holds(
    office: Office, workspace: Workspace, slack: Slack, mia: Person, ben: Person
) -> None:
    assert await who(office, mia) == "Mia"
    workspace.faults.next("users.info", status=503, times=2)
    assert await who(office, mia, after=LATER) == "Mia"
    with pytest.raises(ChannelUnavailable):
        await who(office, ben)
