"""The way back to the customer: one reply, its states in any order, and what went wrong in words."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from app.templates import sync
from app.wiring import services
from emulators.slack import FormIncomplete
from emulators.twilio import Customer
from emulators.waiting import until
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
ANSWER = "We are sorry! Your refund of 89 EUR is on its way."


async def replied(stage: Stage, customer: Customer, text: str = ANSWER) -> Json:
    """The customer's card after Mia has answered, with everything settled."""
    card = await stage.writes(customer, DAMAGED)
    assert (await stage.fills(stage.mia, card, "reply", {"text": text})).outcome == "closed"
    return await stage.card_of(customer)


def state_in(stage: Stage, card: Json) -> str:
    """What the thread says became of the reply: the words after the author."""
    (reply,) = [message for message in stage.thread(card) if "→ customer" in stage.text(message)]
    return stage.text(reply).splitlines()[0].split(" · ", 1)[1]


async def passes(stage: Stage, customer: Customer, time: timedelta) -> None:
    """For this customer so much time passes, at Twilio and with us."""
    stage.twilio_clock.by += time
    await stage.rows(
        "UPDATE conversation SET last_inbound_at = last_inbound_at - $2::interval WHERE address = $1",
        customer.number,
        time,
    )


async def test_a_reply_reaches_the_phone_and_the_thread_follows_it_to_read(stage: Stage) -> None:
    clara = stage.customer("Clara Reply")

    card = await replied(stage, clara)

    assert (await clara.next_message()).body == ANSWER
    assert state_in(stage, card) == "✓✓ delivered"
    assert "📤 Mia → customer" in stage.thread_text(card)

    await clara.read()
    await stage.settled()

    assert state_in(stage, card) == "✓✓ read"
    assert len(stage.thread(card)) == 2


async def test_of_two_who_open_the_form_the_second_sees_who_writes_until_the_first_has_closed_it(stage: Stage) -> None:
    walt = stage.customer("Walt Writing")
    card = await stage.writes(walt, DAMAGED)

    first = await stage.opens(stage.mia, card, "reply")
    second = await stage.opens(stage.ben, card, "reply")

    assert "has been writing" not in stage.text(first)
    assert "✍️ Mia has been writing a reply since" in stage.text(second)
    assert "Ben" not in stage.text(second)
    await stage.mia.close(first["id"])
    assert "Ben has been writing a reply since" in stage.text(await stage.opens(stage.mia, card, "reply"))
    assert (await stage.ben.submit(second["id"], {"text": ANSWER})).outcome == "closed"
    assert "has been writing" not in stage.text(await stage.opens(stage.mia, card, "reply"))


async def test_the_form_shows_what_is_being_answered_and_puts_the_cursor_in_the_text(stage: Stage) -> None:
    pia = stage.customer("Pia Preview")
    card = await stage.writes(pia, DAMAGED)

    form = await stage.opens(stage.mia, card, "reply")

    shown = stage.text(form)
    assert "Damaged item: order 4711" in shown
    assert "Pia Preview" in shown
    assert "arrived broken" in shown
    (text,) = [block["element"] for block in form["blocks"] if block.get("block_id") == "text"]
    assert text["focus_on_load"] is True


@pytest.mark.parametrize("before_response", [False, True], ids=["", "before-the-answer"])
@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "read"))), ids="-".join)
async def test_callbacks_in_any_order_end_in_the_final_state(
    stage: Stage, order: tuple[str, ...], before_response: bool
) -> None:
    otto = stage.customer("Otto Order")
    stage.twilio.callbacks.next(order, copies=2, before_response=before_response)

    card = await replied(stage, otto)

    assert state_in(stage, card) == "✓✓ read"
    assert [message.body for message in otto.inbox] == [ANSWER]


async def test_the_status_can_follow_with_the_reply(stage: Stage) -> None:
    theo = stage.customer("Theo Then")
    card = await stage.writes(theo, DAMAGED)
    await stage.press(stage.mia, card, "claim")
    card = await stage.card_of(theo)

    await stage.fills(stage.mia, card, "reply", {"text": ANSWER, "then": "waiting_on_customer"})

    assert "Waiting on customer" in stage.text(await stage.card_of(theo))
    assert [message.body for message in theo.inbox] == [ANSWER]


async def test_a_reply_submitted_three_times_at_once_is_one_message(stage: Stage) -> None:
    dora = stage.customer("Dora Double")
    card = await stage.writes(dora, DAMAGED)
    form = await stage.opens(stage.mia, card, "reply")

    await asyncio.gather(*(stage.mia.submit(form["id"], {"text": ANSWER}) for _ in range(3)))

    card = await stage.card_of(dora)
    assert [message.body for message in dora.inbox] == [ANSWER]
    assert len(stage.thread(card)) == 2


async def test_two_replies_arrive_in_the_order_they_were_written(stage: Stage) -> None:
    ole = stage.customer("Ole Order")
    card = await replied(stage, ole, "First.")

    await stage.fills(stage.mia, card, "reply", {"text": "Second."})
    card = await stage.card_of(ole)

    assert [message.body for message in ole.inbox] == ["First.", "Second."]
    assert stage.thread_text(card).index("First.") < stage.thread_text(card).index("Second.")


async def test_a_reply_over_the_channels_limit_is_refused_at_the_field_and_not_sent(stage: Stage) -> None:
    lea = stage.customer("Lea Long")
    card = await stage.writes(lea, DAMAGED)

    with pytest.raises(FormIncomplete, match="1600"):  # Slack's own client would not let it pass
        await stage.fills(stage.mia, card, "reply", {"text": "x" * 1601})
    answer = await stage.mia.submit(stage.mia.modals()[-1]["id"], {"text": "😀" * 900})  # 1,800 as Twilio counts
    await stage.settled()

    assert answer.outcome == "errors"
    assert "1,800 characters" in answer.errors["text"]
    assert lea.inbox == ()
    assert len(stage.thread(card)) == 1


async def test_a_customer_who_cannot_be_reached_shows_on_card_and_thread_in_words(stage: Stage) -> None:
    gero = stage.customer("Gero Gone")
    stage.twilio.undeliverable(gero.number, 63024)

    card = await replied(stage, gero)

    assert "The last reply did not arrive. This number cannot receive WhatsApp messages" in stage.text(card)
    assert state_in(stage, card).startswith("⚠️ failed")
    assert "use another channel" in stage.thread_text(card)
    assert gero.inbox == ()


async def test_a_closed_window_is_said_in_words_when_the_callback_says_so(stage: Stage) -> None:
    wilma = stage.customer("Wilma Window")
    card = await stage.writes(wilma, DAMAGED)
    stage.twilio_clock.by = timedelta(hours=25)
    try:
        await stage.fills(stage.mia, card, "reply", {"text": ANSWER})
        card = await stage.card_of(wilma)
    finally:
        stage.twilio_clock.by = timedelta()

    assert "The 24-hour window is closed" in stage.text(card)
    assert "send an approved template" in stage.thread_text(card)
    assert wilma.inbox == ()


async def test_what_the_window_refuses_later_arrives_as_the_fallback_template(stage: Stage) -> None:
    twyla = stage.customer("Twyla Template")
    card = await stage.writes(twyla, DAMAGED)
    stage.twilio.template("order_update", "About your order: {{1}}")
    async with services(stage.settings, stage.dsn, connections=1) as made:
        assert (await sync(made))["whatsapp"].known == 1
        await made.desk.choose_fallback("whatsapp", "order_update")
        stage.twilio_clock.by = timedelta(hours=25)
        try:
            await stage.fills(stage.mia, card, "reply", {"text": ANSWER})
            card = await stage.card_of(twyla)
        finally:
            stage.twilio_clock.by = timedelta()
            await made.desk.choose_fallback("whatsapp", None)

    assert [message.body for message in twyla.inbox] == [f"About your order: {ANSWER}"]
    assert "did not arrive" not in stage.text(card)
    assert "delivered · sent as template" in stage.thread_text(card)


async def test_the_window_is_open_at_23_59_and_at_24_01_takes_templates_only(stage: Stage) -> None:
    dora = stage.customer("Dora Day")
    card = await stage.writes(dora, DAMAGED)
    stage.twilio.template("still_there", "Your order {{1}} is ready.")
    try:
        await passes(stage, dora, timedelta(hours=23, minutes=59))
        assert (await stage.fills(stage.mia, card, "reply", {"text": ANSWER})).outcome == "closed"
        await stage.settled()
        form = await stage.opens(stage.ben, card, "reply")
        await passes(stage, dora, timedelta(minutes=2))
        late = await stage.ben.submit(form["id"], {"text": "Anything else?"})
        assert "The 24-hour window closed" in late.errors["text"]
        assert "send a template" in late.errors["text"]

        async with services(stage.settings, stage.dsn, connections=1) as made:
            await sync(made)
            (known,) = [each for each in await made.desk.templates("whatsapp") if each.name == "still_there"]
        form = await stage.opens(stage.mia, card, "reply")
        assert "can only be sent a template" in stage.text(form)
        await stage.mia.press_in(form["id"], "template", value=str(known.id))
        filled = {"template": str(known.id), "variable:1": "4711"}
        assert (await stage.mia.submit(form["id"], filled)).outcome == "closed"
        await stage.settled()
    finally:
        stage.twilio_clock.by = timedelta()

    assert [message.body for message in dora.inbox] == [ANSWER, "Your order 4711 is ready."]
    assert "⚠️" not in stage.thread_text(card)


async def test_a_reply_that_goes_through_clears_the_trouble_from_the_card(stage: Stage) -> None:
    rosa = stage.customer("Rosa Recovers")
    stage.twilio.callbacks.next(["failed"])
    card = await replied(stage, rosa, "First try.")
    assert "did not arrive" in stage.text(card)

    await stage.fills(stage.mia, card, "reply", {"text": "Second try."})

    assert "did not arrive" not in stage.text(await stage.card_of(rosa))
    assert [message.body for message in rosa.inbox] == ["Second try."]


async def test_twilio_says_slow_down_and_the_reply_is_delivered_once(stage: Stage) -> None:
    tim = stage.customer("Tim Throttled")
    stage.twilio.faults.next("messages.create", status=429, retry_after=1)

    card = await replied(stage, tim)

    assert [message.body for message in tim.inbox] == [ANSWER]
    assert state_in(stage, card) == "✓✓ delivered"


async def test_a_send_without_an_answer_is_unknown_and_never_sent_again_until_its_callback_tells(stage: Stage) -> None:
    una = stage.customer("Una Unknown")
    card = await stage.writes(una, DAMAGED)
    calls = len(stage.twilio.calls_of("messages.create"))
    stage.twilio.faults.next("messages.create", drop_reply=True)
    stage.twilio.callbacks.next(pace=0.5)

    await stage.fills(stage.mia, card, "reply", {"text": ANSWER})

    await until(lambda: "❓ unknown" in stage.thread_text(card), "the unknown outcome in the thread")
    assert "It is not known whether this arrived" in stage.thread_text(card)
    card = await stage.card_of(una)
    assert state_in(stage, card) == "✓✓ delivered"
    assert len(stage.twilio.calls_of("messages.create")) == calls + 1
    assert [message.body for message in una.inbox] == [ANSWER]


async def test_a_twilio_in_trouble_leaves_the_outcome_unknown_and_nothing_is_sent_again(stage: Stage) -> None:
    rolf = stage.customer("Rolf Refused")
    calls = len(stage.twilio.calls_of("messages.create"))
    stage.twilio.faults.next("messages.create", status=503)

    card = await replied(stage, rolf)

    assert state_in(stage, card).startswith("❓ unknown")  # a 5xx may have sent it: a person decides
    assert "It is not known whether this arrived" in stage.text(card)
    assert len(stage.twilio.calls_of("messages.create")) == calls + 1


async def test_a_person_sends_again_what_nobody_knows_to_have_arrived(stage: Stage) -> None:
    nora = stage.customer("Nora Nobody")
    stage.twilio.faults.next("messages.create", status=503)
    card = await replied(stage, nora)
    assert "[It arrived] [Send again]" in stage.text(card)
    assert [message.body for message in nora.inbox] == []

    for person in (stage.ben, stage.mia):
        assert (await person.press(stage.channel, card["ts"], "reply.send_again")).outcome == "acknowledged"
    again = await stage.card_of(nora)

    assert stage.told(stage.mia) == "Ben has sent it again already."
    assert [message.body for message in nora.inbox] == [ANSWER]
    assert "may not have arrived" not in stage.text(again)
    thread = stage.thread_text(again)
    assert "📤 Mia → customer · ❓ unknown · sent again by Ben" in thread
    assert "📤 Ben → customer · ✓✓ delivered" in thread
    assert "Send again" not in thread


async def test_a_failure_that_may_pass_offers_to_send_again_and_one_that_cannot_does_not(stage: Stage) -> None:
    kai, gus = stage.customer("Kai Crowded"), stage.customer("Gus Gone")
    stage.twilio.undeliverable(kai.number, 63018)
    stage.twilio.undeliverable(gus.number, 63003)

    crowded, gone = await replied(stage, kai), await replied(stage, gus)

    assert "send it again in a few minutes.\n[Send again]" in stage.text(crowded)
    assert "This number is not on WhatsApp: use another channel." in stage.text(gone)
    assert "Send again" not in stage.text(gone)
