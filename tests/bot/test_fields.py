"""The form for a ticket's fields, from the card: filled in, corrected, and told to who comes second."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action
from emulators.slack import Channel, Person, Workspace, as_text
from storage.database import Database
from tests.bot.office import Office, staffed
from tests.playbooks import InForce, with_fields
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Option

RESOLUTION = Field(
    "resolution", "Resolution", FieldKind.DROPDOWN, options=(Option("refund", "Refund"), Option("repair", "Repair"))
)
AMOUNT = Field("amount", "Amount", FieldKind.MONEY, currency="USD", show=Condition('fields.resolution == "refund"'))


@pytest.fixture
async def office(
    engine: AsyncEngine, store: Database, workspace: Workspace, config: SlackConfig, slack: Slack, support: Channel
) -> AsyncIterator[Office]:
    playbooks = InForce(with_fields(RESOLUTION, AMOUNT))
    async with staffed(engine, store, workspace, config, slack, support, playbooks) as made:
        yield made


async def test_a_field_comes_as_another_is_filled_in_and_errors_stand_at_their_field(
    office: Office, mia: Person, ben: Person
) -> None:
    await office.press(mia, Action.CLAIM)
    await office.show()
    view = await office.press(mia, Action.FIELDS)
    assert "Amount" not in as_text(mia.modals()[-1])
    await mia.press_in(view, "f:resolution", value="refund", values={})
    assert "Amount" in as_text(mia.modals()[-1])
    wrong = await mia.submit(view, {"f:resolution": "refund", "f:amount": "89 EUR"})
    assert "Write it in USD" in wrong.errors["f:amount"]
    await mia.submit(view, {"f:resolution": "refund", "f:amount": "1,234.50"})
    assert (await office.now())["fields"] == {"resolution": "refund", "amount": "1234.50"}
    await office.show()
    assert "Resolution: Refund" in office.card()
    assert "Amount: 1,234.50 USD" in office.card()


async def test_the_second_of_two_is_told_and_who_may_not_gets_no_form(office: Office, mia: Person, ben: Person) -> None:
    assert await office.press(ben, Action.FIELDS) is None
    assert "its assignee" in str(ben.ephemerals())
    await office.press(mia, Action.CLAIM)
    await office.show()
    view = await office.press(mia, Action.FIELDS)
    by = await office.desk.person_by_email("mia@desk.example")
    assert by is not None
    await office.desk.set_fields(office.ticket.id, {"resolution": "repair"}, by=by)  # in another window
    await mia.submit(view, {"f:resolution": "refund"})
    assert "was changed while this was open" in as_text(mia.modals()[-1], columns=400)
    assert (await office.now())["fields"] == {"resolution": "repair"}
