"""When the AI was wrong: each mistake is put right in two clicks, by any agent, and can be taken back."""

import asyncio

import pytest

from emulators.twilio import Customer
from tests.journey.clicks import Clicks
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


async def test_not_a_ticket_takes_two_clicks_and_putting_it_back_one(stage: Stage) -> None:
    nora = stage.customer("Nora None")
    card = await stage.writes(nora, DAMAGED)
    mia, ben = Clicks(stage, stage.mia), Clicks(stage, stage.ben)

    await mia.more(card, "Not a ticket")
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
    await Clicks(stage, stage.mia).more(card, "Not a ticket")

    await nils.write("My parcel with order 4712 never arrived, where is it?")

    assert "parcel" in stage.text(await stage.card_of(nils, number=2))


async def test_of_two_who_say_so_at_once_one_is_told_who_was_faster(stage: Stage) -> None:
    nele = stage.customer("Nele Twice")
    card = await stage.writes(nele, DAMAGED)

    people = (stage.mia, stage.ben)
    screens = [await stage.opens(each, card, "work") for each in people]
    pressing = [each.press_in(seen["id"], "work.not_a_ticket") for each, seen in zip(people, screens, strict=True)]
    done = await asyncio.gather(*pressing)

    assert [each.outcome for each in done] == ["acknowledged", "acknowledged"]
    line = stage.text(await stage.card_of(nele))
    faster, slower = people if "(Mia)" in line else people[::-1]
    assert f"{faster.real_name} has already said that ticket" in stage.text(slower.modals()[-1])
    assert "has already said" not in stage.text(faster.modals()[-1])


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


TWO = "My mug from order 4711 arrived broken. Also, I was charged twice for order 4712."


async def _two(stage: Stage, name: str) -> tuple[Customer, Json, Json]:
    """A customer with two open tickets, whose message stands in both threads."""
    customer = stage.customer(name)
    await customer.write(TWO)
    await stage.settled()
    first, second = await stage.cards_of(customer)
    return customer, first, second


async def test_a_message_is_moved_to_another_ticket_in_two_clicks(stage: Stage) -> None:
    mona, first, second = await _two(stage, "Mona Move")
    await mona.write("Any news about order 4711?")
    await stage.settled()
    (message,) = [m for m in stage.thread(first) if "Any news" in stage.text(m)]
    mia = Clicks(stage, stage.mia)

    await mia.choose(message, "message.more", f"Belongs to #{_number(second)}")
    await stage.settled()

    assert mia.count == 2
    left = [stage.text(m) for m in stage.thread(first) if m["ts"] == message["ts"]]
    assert left == [f"💬 Mona Move · ↪ moved to #{_number(second)} by Mia"]
    assert "Any news about order 4711?" in stage.thread_text(second)


async def test_a_message_becomes_a_ticket_of_its_own_in_two_clicks(stage: Stage) -> None:
    stan = stage.customer("Stan Split")
    card = await stage.writes(stan, DAMAGED)
    await stan.write("And when does my parcel with order 4799 arrive?")
    await stage.settled()
    for each in await stage.cards_of(stan):
        messages = [m for m in stage.thread(each) if "4799" in stage.text(m)]
        if messages:
            break
    before = len(await stage.cards_of(stan))
    mia = Clicks(stage, stage.mia)

    await mia.choose(messages[-1], "message.more", "New ticket from this")

    new = await stage.card_of(stan, number=before + 1)
    assert mia.count == 2
    assert "And when does my parcel" in stage.text(new)
    assert "4799" in stage.thread_text(new)
    assert f"moved to #{_number(new)} by Mia" in stage.thread_text(each)
    assert card["ts"] in [shown["ts"] for shown in await stage.cards_of(stan)]


async def test_a_message_that_concerns_no_ticket_in_particular_stands_in_both_threads(stage: Stage) -> None:
    gert, first, second = await _two(stage, "Gert General")
    await gert.write("Any news about order 4711?")
    await stage.settled()
    (message,) = [m for m in stage.thread(first) if "Any news" in stage.text(m)]
    mia = Clicks(stage, stage.mia)

    await mia.choose(message, "message.more", "Concerns no ticket in particular")
    await stage.settled()

    assert mia.count == 2
    for card in (first, second):
        (shown,) = [stage.text(m) for m in stage.thread(card) if "Any news" in stage.text(m)]
        assert "about the conversation, not this ticket in particular" in shown


async def test_a_ticket_that_came_later_is_found_under_another_ticket_and_none_is_said_to_be_there_before(
    stage: Stage,
) -> None:
    lara = stage.customer("Lara Later")
    card = await stage.writes(lara, DAMAGED)
    (message,) = stage.thread(card)
    await Clicks(stage, stage.mia).choose(message, "message.more", "Belongs to another ticket…")
    assert "There is no other open ticket" in stage.told(stage.mia)
    await stage.fills(stage.ben, card, "new_ticket", {"subject": "The refund itself"})
    second = await stage.card_of(lara, number=2)
    mia = Clicks(stage, stage.mia)

    await mia.choose(message, "message.more", "Belongs to another ticket…")
    form = stage.mia.modals()[-1]
    done = await stage.mia.submit(form["id"], {})
    await stage.settled()

    assert done.outcome == "closed"
    assert DAMAGED in stage.thread_text(second)
    assert f"moved to #{_number(second)} by Mia" in stage.thread_text(card)


async def test_a_stranger_corrects_nothing(stage: Stage) -> None:
    stig = stage.customer("Stig Stranger")
    card = await stage.writes(stig, DAMAGED)
    (message,) = stage.thread(card)
    stranger = Clicks(stage, stage.stranger)

    await stranger.press(card, "ticket.work")
    await stranger.choose(card, "ticket.type", "Complaint · Billing")
    await stranger.choose(message, "message.more", "New ticket from this")

    assert "not in Threadline" in stage.told(stage.stranger)
    assert stage.text(await stage.card_of(stig)) == stage.text(card)


def _number(card: Json) -> int:
    return int(card["blocks"][0]["text"]["text"].removeprefix("#").split(" ")[0])


def _put(stage: Stage, card: Json, block: Json) -> None:
    """What the person still has on the screen: an older block in the place of the newer."""
    message = stage.slack.message(stage.channel, card["ts"])
    at = next(index for index, each in enumerate(message["blocks"]) if "accessory" in each)
    message["blocks"][at] = block


async def _tickets(stage: Stage, customer: Customer) -> list[Json]:
    return await stage.rows(
        "SELECT ticket.* FROM ticket JOIN conversation ON conversation.id = conversation_id"
        " WHERE address = $1 ORDER BY number",
        customer.number,
    )
