"""What a clock has to tell stands below the card once, whatever Slack does meanwhile, and not after it stopped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.intents import Action
from bot.showing import show_sla
from core.errors import ChannelUnavailable
from core.instants import utc_now
from emulators.slack import Person
from emulators.slack.faults import MENU
from sla.calendar import ALWAYS_OPEN
from sla.clock import Clock, Kind, Moment, What, advance, start
from sla.target import Target
from tests.bot.office import Office
from ticketing.sla.service_level import ServiceLevel
from ticketing.tickets.events import SlaTold

HOUR = timedelta(hours=1)
CALENDARS = {"always": ALWAYS_OPEN}


@pytest.fixture
async def late(office: Office) -> SlaTold:
    """The ticket's resolution was due a minute ago."""
    begun = utc_now() - HOUR - timedelta(minutes=1)
    clock = start(Kind.RESOLUTION, Moment(What.STARTED, begun, target=Target(HOUR, "always")), CALENDARS)
    assert clock is not None
    await keep(office, clock)
    return SlaTold(ticket_id=office.ticket.id, clock="resolution", event="breached", due=begun + HOUR, at=utc_now())


@pytest.fixture
async def claimed(office: Office, mia: Person) -> Person:
    """Who has the ticket. Claimed before its clock is kept: the plain playbook promises nothing to what changes."""
    await office.press(mia, Action.CLAIM)
    return mia


async def keep(office: Office, clock: Clock) -> None:
    level = ServiceLevel("standard", 1, office.ticket.priority, None, clocks={Kind.RESOLUTION: clock})
    async with office.desk.start() as uow:
        await uow.service_levels.save(office.ticket.id, level)


async def show(office: Office, told: SlaTold) -> None:
    await show_sla(told, places=office.rooms, client=office.slack, now=utc_now)


def notices(office: Office) -> list[str]:
    return [each["text"] for each in office.workspace.thread(office.support, office.ts) if "🔴" in each["text"]]


async def test_its_assignee_is_told_once_however_often_the_job_comes(
    office: Office, claimed: Person, late: SlaTold
) -> None:
    await show(office, late)
    await show(office, late)
    (words,) = notices(office)
    assert words.startswith(f"🔴 <@{claimed.id}>: resolution on *#{office.ticket.number}* ")


async def test_who_has_left_is_not_called(office: Office, claimed: Person, late: SlaTold) -> None:
    await office.desk.retire("mia@desk.example")
    await show(office, late)
    (words,) = notices(office)
    assert words.startswith(f"🔴 nobody has this yet: resolution on *#{office.ticket.number}* ")
    assert claimed.id not in words


@pytest.mark.parametrize("what", [What.PAUSED, What.STOPPED])
async def test_of_a_clock_that_waits_or_has_stopped_meanwhile_nothing_is_told(
    office: Office, late: SlaTold, what: What
) -> None:
    async with office.desk.start() as uow:
        level = await uow.service_levels.get(office.ticket.id)
    assert level is not None
    await keep(office, advance(level.clocks[Kind.RESOLUTION], Moment(what, utc_now()), CALENDARS))
    await show(office, late)
    assert notices(office) == []


async def test_that_it_is_at_risk_stands_on_the_card_alone(office: Office, late: SlaTold) -> None:
    await show(office, replace(late, event="at_risk"))
    assert len(office.workspace.thread(office.support, office.ts)) == 1


async def test_it_waits_for_the_card(office: Office, late: SlaTold) -> None:
    await office.forget_card()
    with pytest.raises(ChannelUnavailable):
        await show(office, late)


@pytest.mark.parametrize("fault", ["reset_after", "server_error"])
async def test_it_stands_there_once_though_slack_did_not_say_what_became_of_it(
    office: Office, late: SlaTold, fault: str
) -> None:
    office.workspace.faults.add("chat.postMessage", MENU[fault])
    with pytest.raises(ChannelUnavailable):  # the job comes again
        await show(office, late)
    await show(office, late)
    assert len(notices(office)) == 1
