"""Of a due date that has come, people are reminded once, below the card."""

from datetime import timedelta

import pytest

from bot.intents import Action
from bot.showing import show_reminder
from core.errors import ChannelUnavailable
from core.instants import utc_now
from emulators.slack import Person
from emulators.slack.faults import MENU
from tests.bot.office import Office
from tests.playbooks import RESOLVED


async def test_its_assignee_is_reminded_once_of_what_is_still_promised(office: Office, mia: Person) -> None:
    await office.press(mia, Action.CLAIM)
    agent = await office.desk.person_by_email("mia@desk.example")
    assert agent is not None
    first, due = utc_now() + timedelta(hours=1), utc_now() + timedelta(hours=2)
    await office.desk.set_due(office.ticket.id, first, by=agent)
    await office.desk.set_due(office.ticket.id, due, by=agent)
    for moment in (first, due, due):  # promised anew since; then the job, and the job again
        await show_reminder(office.ticket.id, moment, places=office.rooms, client=office.slack)
    posts = [each["text"] for each in office.workspace.thread(office.support, office.ts) if "⏰" in each["text"]]
    assert len(posts) == 1
    assert posts[0].startswith(f"⏰ <@{mia.id}> *#{office.ticket.number}* was promised for ")

    later = due + timedelta(hours=1)
    await office.desk.set_due(office.ticket.id, later, by=agent)
    await office.desk.change_status(office.ticket.id, RESOLVED, by=agent)
    await show_reminder(office.ticket.id, later, places=office.rooms, client=office.slack)
    assert len([each for each in office.workspace.thread(office.support, office.ts) if "⏰" in each["text"]]) == 1


async def test_of_what_somebody_left_behind_its_owner_is_reminded(office: Office, mia: Person, ben: Person) -> None:
    await office.press(mia, Action.CLAIM)
    agent = await office.desk.person_by_email("mia@desk.example")
    owner = await office.desk.person_by_email("ben@desk.example")
    assert agent is not None
    assert owner is not None
    await office.rooms.remember_user(ben.id, owner.email, now=utc_now())
    due = utc_now() + timedelta(hours=1)
    await office.desk.set_due(office.ticket.id, due, by=agent)
    await office.desk.set_owner(office.ticket.id, person=owner.id, by=agent)
    await office.desk.retire(agent.email)
    await show_reminder(office.ticket.id, due, places=office.rooms, client=office.slack)
    (post,) = [each["text"] for each in office.workspace.thread(office.support, office.ts) if "⏰" in each["text"]]
    assert post.startswith(f"⏰ <@{ben.id}> *#{office.ticket.number}*")


async def test_it_waits_for_the_card(office: Office, mia: Person) -> None:
    agent = await office.desk.person_by_email("mia@desk.example")
    assert agent is not None
    await office.desk.assign(office.ticket.id, agent.id, by=agent)
    due = utc_now() + timedelta(hours=1)
    await office.desk.set_due(office.ticket.id, due, by=agent)
    await office.forget_card()
    with pytest.raises(ChannelUnavailable):
        await show_reminder(office.ticket.id, due, places=office.rooms, client=office.slack)


@pytest.mark.parametrize("fault", ["reset_after", "server_error"])
async def test_it_stands_there_once_though_slack_did_not_say_what_became_of_it(office: Office, fault: str) -> None:
    agent = await office.desk.person_by_email("mia@desk.example")
    assert agent is not None
    due = utc_now() + timedelta(hours=1)
    await office.desk.assign(office.ticket.id, agent.id, by=agent)
    await office.desk.set_due(office.ticket.id, due, by=agent)
    office.workspace.faults.add("chat.postMessage", MENU[fault])
    with pytest.raises(ChannelUnavailable):  # the job comes again
        await show_reminder(office.ticket.id, due, places=office.rooms, client=office.slack)
    await show_reminder(office.ticket.id, due, places=office.rooms, client=office.slack)
    assert len([each for each in office.workspace.thread(office.support, office.ts) if "⏰" in each["text"]]) == 1
