"""The status form under a playbook asks for what the chosen status takes, as it is filled in, and for an approval."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from emulators.slack import Channel, FormIncomplete, Person, Workspace, as_text
from storage.database import Database
from tests.bot.office import EITHER_WAY, Office, staffed
from tests.playbooks import InForce, example
from ticketing.people.person import Role

RESOLUTION, AMOUNT = "f:resolution", "f:refund_amount"


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    by_socket: bool,
) -> AsyncIterator[Office]:
    """A shop with returns; the ticket in the channel is one."""
    playbooks = InForce(example("retail"))
    async with staffed(engine, store, workspace, config, slack, support, playbooks, by_socket=by_socket) as made:
        await made.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
        yield made


async def investigating(office: Office, mia: Person) -> str:
    """She has it and looks into it; the status form's id, with nothing chosen."""
    await office.press(mia, Action.CLAIM)
    view = await office.press(mia, Action.STATUS)
    assert (await mia.submit(view, {Field.STATUS: "investigating"})).outcome == "closed"
    return str(await office.press(mia, Action.STATUS))


def asked(mia: Person) -> list[str]:
    return [block["block_id"] for block in mia.modals()[-1]["blocks"] if block["type"] == "input"]


@EITHER_WAY
async def test_fields_appear_as_others_are_filled_in_and_then_the_reason_for_an_approval(
    office: Office, mia: Person
) -> None:
    view = await investigating(office, mia)
    assert asked(mia) == ["status", "note"]
    chosen: dict[str, str] = {Field.STATUS: "resolution_proposed"}
    await mia.press_in(view, Field.STATUS, value="resolution_proposed", values={})
    assert asked(mia) == ["status", RESOLUTION, "note"]
    await mia.press_in(view, RESOLUTION, value="refund", values=chosen)
    assert asked(mia) == ["status", RESOLUTION, AMOUNT, "note"]
    filled = chosen | {RESOLUTION: "refund"}
    wrong = await mia.submit(view, filled | {AMOUNT: "a lot"})
    assert list(wrong.errors) == [AMOUNT]
    await mia.press_in(view, AMOUNT, value="250", values=filled)
    assert asked(mia) == ["status", RESOLUTION, AMOUNT, "why", "note"]
    assert "🔒 Refund over 200 needs an approval" in as_text(mia.modals()[-1])
    assert mia.modals()[-1]["submit"]["text"] == "Ask for approval"
    done = await mia.submit(view, filled | {AMOUNT: "250", Field.WHY: "It broke twice"})
    assert done.outcome == "closed"
    now = await office.now()
    assert (now["status"], now["fields"]) == ("investigating", {"resolution": "refund", "refund_amount": "250.00"})
    assert await office.all("SELECT state, why FROM approval") == [{"state": "waiting", "why": "It broke twice"}]

    view = await office.press(mia, Action.STATUS)
    await mia.press_in(view, Field.STATUS, value="resolution_proposed", values={})
    assert "waits for a decision" in as_text(mia.modals()[-1])
    again = await mia.submit(view, chosen)
    assert "waits for a decision" in again.errors[Field.STATUS]


async def test_what_needs_no_approval_goes_at_once_and_takes_its_fields_along(office: Office, mia: Person) -> None:
    view = await investigating(office, mia)
    # Sent before the form could ask: it asks now, and for the approval only where there has to be one.
    sent = await mia.submit(view, {Field.STATUS: "resolution_proposed"})
    assert sent.outcome == "updated"
    assert asked(mia) == ["status", RESOLUTION, "note"]
    filled: dict[str, str] = {Field.STATUS: "resolution_proposed", RESOLUTION: "refund"}
    assert (await mia.submit(view, filled)).outcome == "updated"
    assert (await mia.submit(view, filled | {AMOUNT: "250"})).outcome == "updated"
    assert "why" in asked(mia)
    assert (await mia.submit(view, filled | {AMOUNT: "80", Field.WHY: "Never mind"})).outcome == "closed"
    now = await office.now()
    assert (now["status"], now["fields"]["refund_amount"]) == ("resolution_proposed", "80.00")
    assert await office.all("SELECT id FROM approval") == []


async def test_a_note_is_asked_for_where_the_status_takes_one(office: Office, mia: Person) -> None:
    view = await investigating(office, mia)
    refused = await mia.submit(view, {Field.STATUS: "closed"})
    assert refused.errors == {Field.NOTE: "This is needed."}
    await mia.press_in(view, Field.STATUS, value="closed", values={})
    with pytest.raises(FormIncomplete):
        await mia.submit(view, {Field.STATUS: "closed"})
    done = await mia.submit(view, {Field.STATUS: "closed", Field.NOTE: "Withdrawn"})
    assert done.outcome == "closed"
    assert (await office.now())["status_category"] == "closed"


async def test_a_reply_may_not_set_a_status_that_asks_for_more(office: Office, mia: Person) -> None:
    await investigating(office, mia)
    await mia.close(mia.modals()[-1]["id"])
    view = await office.press(mia, Action.REPLY)
    done = await mia.submit(view, {Field.TEXT: "We will refund you.", Field.THEN: "resolution_proposed"})
    assert list(done.errors) == [Field.THEN]
    assert "Resolution" in done.errors[Field.THEN]


async def test_the_menu_of_types_offers_each_ones_own_categories(office: Office) -> None:
    blocks = office.workspace.message(office.support, office.ts)["blocks"]
    elements = [each for block in blocks for each in [*block.get("elements", []), block.get("accessory", {})]]
    (menu,) = [each for each in elements if each.get("action_id") == Action.TYPE]
    offered = {
        group["label"]["text"]: [each["text"]["text"] for each in group["options"]] for group in menu["option_groups"]
    }
    assert offered["Return"][0] == "Return · Damaged"
    assert offered["Complaint"][0] == "Complaint · Billing"
