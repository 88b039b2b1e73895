"""When the AI was wrong: each mistake is put right in two clicks, by any agent, and can be taken back."""

import asyncio
import json
from typing import Any

import pytest

from emulators.slack import Interaction, Person
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


class Clicks:
    """A person at Slack whose clicks are counted: one opens a menu, one chooses in it, one presses a button."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self.stage, self.person, self.count = stage, person, 0

    async def press(self, message: Json, action: str) -> Interaction:
        self.count += 1
        return await self.person.press(self.stage.channel, message["ts"], action)

    async def choose(self, message: Json, action: str, label: str) -> Interaction:
        """Open the menu, choose the option that begins so."""
        self.count += 2
        option = next(each for each in _options(message, action) if each["text"]["text"].startswith(label))
        return await self.person.press(self.stage.channel, message["ts"], action, selected_option=option["value"])


def _options(message: Json, action: str) -> list[Json]:
    for block in message["blocks"]:
        for element in (*block.get("elements", []), block.get("accessory", {})):
            if element.get("action_id") == action:
                groups = element.get("option_groups") or [element]
                return [option for group in groups for option in group["options"]]
    raise AssertionError(f"no {action} on {json.dumps(message['blocks'])}")


async def test_not_a_ticket_takes_two_clicks_and_putting_it_back_one(stage: Stage) -> None:
    nora = stage.customer("Nora None")
    card = await stage.writes(nora, DAMAGED)
    mia, ben = Clicks(stage, stage.mia), Clicks(stage, stage.ben)

    await mia.choose(card, "ticket.more", "Not a ticket")
    collapsed = await stage.card_of(nora)

    assert mia.count == 2
    (line,) = stage.text(collapsed).splitlines()
    assert line.startswith("🗑 #")
    assert "was no ticket (Mia)" in line
    assert DAMAGED in stage.thread_text(collapsed)

    await ben.press(collapsed, "ticket.put_back")
    back = stage.text(await stage.card_of(nora))

    assert ben.count == 1
    assert back == stage.text(card)


async def test_after_it_was_none_the_same_customer_gets_a_new_ticket(stage: Stage) -> None:
    nils = stage.customer("Nils New")
    card = await stage.writes(nils, DAMAGED)
    await Clicks(stage, stage.mia).choose(card, "ticket.more", "Not a ticket")

    await nils.write("My parcel with order 4712 never arrived, where is it?")

    assert "parcel" in stage.text(await stage.card_of(nils, number=2))


async def test_of_two_who_say_so_at_once_one_is_told_who_was_faster(stage: Stage) -> None:
    nele = stage.customer("Nele Twice")
    card = await stage.writes(nele, DAMAGED)
    before = len(stage.mia.ephemerals()) + len(stage.ben.ephemerals())

    people = (stage.mia, stage.ben)
    done = await asyncio.gather(*(Clicks(stage, each).choose(card, "ticket.more", "Not a ticket") for each in people))

    assert [each.outcome for each in done] == ["acknowledged", "acknowledged"]
    line = stage.text(await stage.card_of(nele))
    faster, slower = people if "(Mia)" in line else people[::-1]
    assert f"{faster.real_name} has already said that ticket" in stage.told(slower)
    assert len(stage.mia.ephemerals()) + len(stage.ben.ephemerals()) == before + 1


async def test_the_type_is_changed_in_two_clicks_by_any_agent(stage: Stage) -> None:
    tina = stage.customer("Tina Type")
    card = await stage.writes(tina, DAMAGED)
    await stage.press(stage.ben, card, "claim")
    card = await stage.card_of(tina)
    mia = Clicks(stage, stage.mia)

    await mia.choose(card, "ticket.type", "Complaint · Billing")

    shown = stage.text(await stage.card_of(tina))
    assert mia.count == 2
    assert "‹Complaint · Billing ▾›" in shown
    assert "Assignee: Ben" in shown


async def test_a_card_that_is_out_of_date_changes_no_type(stage: Stage) -> None:
    timo = stage.customer("Timo Stale")
    card = await stage.writes(timo, DAMAGED)
    menu = next(block for block in card["blocks"] if "accessory" in block)
    await stage.press(stage.ben, card, "claim")
    shown = await stage.card_of(timo)
    await Clicks(stage, stage.ben).choose(shown, "ticket.type", "Complaint · Billing")
    newest = await stage.card_of(timo)

    _put(stage, newest, menu)
    await Clicks(stage, stage.mia).choose(newest, "ticket.type", "Complaint · Shipping")

    assert "was changed while this was open" in stage.told(stage.mia)
    assert [row["category"] for row in await _tickets(stage, timo)] == ["billing"]


def _put(stage: Stage, card: Json, block: Json) -> None:
    """What the person still has on the screen: an older block in the place of the newer."""
    message = stage.slack.message(stage.channel, card["ts"])
    at = next(index for index, each in enumerate(message["blocks"]) if "accessory" in each)
    message["blocks"][at] = block


async def _tickets(stage: Stage, customer: Any) -> list[Json]:
    return await stage.rows(
        "SELECT ticket.* FROM ticket JOIN conversation ON conversation.id = conversation_id"
        " WHERE address = $1 ORDER BY number",
        customer.number,
    )
