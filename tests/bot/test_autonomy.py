"""How far the AI goes, in Slack: who is told when it has moved by itself, what puts it back, and setting it by hand."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import COMMAND, Action
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Channel, Workspace, as_text
from emulators.slack import Person as SlackPerson
from storage.database import Database
from tests.bot.letterbox import Letterbox
from tests.bot.office import staffed
from tests.playbooks import InForce
from tests.storage.resolving import returns
from tests.ticketing.resolution.runs import RUN
from ticketing.people.person import Role
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.resolution.move_level import measure
from ticketing.resolution.run import RunState

PLAYBOOKS = InForce(returns(autonomy=Autonomy.ACT_ALONE, earns=Earning(Autonomy.SUGGEST, 0.5, 50)))


@pytest.fixture
async def box(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: SlackPerson,
) -> AsyncIterator[Letterbox]:
    """A desk whose AI suggests what to do about returns; Mia works there, and Sara supervises."""
    box = Letterbox()
    async with staffed(engine, store, workspace, config, slack, support, PLAYBOOKS, route=box.route) as office:
        box.open(office, store, PLAYBOOKS)
        await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
        await office.rooms.remember_user(mia.id, "mia@desk.example", now=utc_now())
        box.heard.clear()
        yield box


@pytest.fixture
def sara(workspace: Workspace, support: Channel) -> SlackPerson:
    return workspace.add_user("sara", "sara@desk.example")


async def turned_down(box: Letterbox) -> None:
    """The AI suggests something, and Mia says: not this."""
    desk, ticket = box.office.desk, box.office.ticket
    run = replace(
        RUN,
        id=new_id(),
        ticket_id=ticket.id,
        conversation_id=ticket.conversation_id,
        customer_id=ticket.customer_id,
        autonomy=Autonomy.SUGGEST,
        begun_at=utc_now() - timedelta(minutes=1),
    )
    async with desk.start() as uow:
        assert await uow.runs.add(run)
        await uow.runs.save(replace(run, state=RunState.SUGGESTED))
    mia = await desk.person_by_email("mia@desk.example")
    assert mia is not None
    await desk.turn_down(run.id, by=mia)
    await measure(ticket.id, uow=desk.start(), now=utc_now())


async def asked(person: SlackPerson, where: Channel, text: str) -> str:
    assert (await person.command(where, COMMAND, text)).outcome == "acknowledged"
    return as_text(person.ephemerals()[-1], columns=2000).replace("*", "")


async def test_supervisors_hear_of_it_once_and_put_it_back_with_a_click(
    box: Letterbox, mia: SlackPerson, sara: SlackPerson
) -> None:
    for _ in range(3):
        await turned_down(box)
    heard = [*box.heard]
    await box.tell()
    box.heard = heard  # the job is run again
    await box.tell()
    (words,) = box.of(sara)
    assert "The AI goes less far with Return: suggest → shadow" in words.replace("*", "")
    assert "The last 3 cases were wrong, one after another." in words
    assert "By what people did: #1 turned down · #1 turned down · #1 turned down. /ticket 1 shows one." in words
    assert box.of(mia) == []
    workspace, desk = box.office.workspace, box.office.desk
    place = workspace.direct(sara.id)
    ts = workspace.channel_messages(place)[-1]["ts"]
    assert "Return (return): shadow; the playbook allows act alone" in await asked(mia, box.office.support, "autonomy")
    for _ in range(2):
        await sara.press(place, ts, Action.AUTONOMY_BACK)
        (standing,) = await desk.autonomy()
        assert standing.level is Autonomy.SUGGEST
    assert "Sara has put it back. The AI's autonomy with these tickets is: suggest." in as_text(sara.ephemerals()[-1])


async def test_who_supervises_sets_it_with_a_command(box: Letterbox, mia: SlackPerson, sara: SlackPerson) -> None:
    where = box.office.support
    assert "From now on the AI's autonomy with return is act with approval." in (
        await asked(sara, where, "autonomy return act with approval")
    ).replace("`", "")
    assert "It was so already." in await asked(sara, where, "autonomy return act_with_approval")
    assert "You may not say how far the AI goes: that is for a supervisor or an admin." in await asked(
        mia, where, "autonomy return shadow"
    )
    assert "There is no “further”. There are: shadow, suggest" in await asked(sara, where, "autonomy return further")
    assert "There is no type “retrun”." in await asked(sara, where, "autonomy retrun shadow")
    (standing,) = await box.office.desk.autonomy()
    assert standing.level is Autonomy.ACT_WITH_APPROVAL
