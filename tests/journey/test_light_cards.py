"""A conversation that needs an answer and no ticket: its one light card, from the greeting to what became of it."""

import asyncio
from datetime import timedelta

import pytest

from app.wiring import services
from core.instants import utc_now
from emulators.slack import Upload
from emulators.twilio import Customer
from tests.journey.clicks import Clicks
from tests.journey.stage import Json, Stage
from tests.pictures import a_picture
from ticketing.conversations.set_state import wake_due

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = "Hello! Good morning :)"
DAMAGED = "I received a damaged item — order #78932. I'd like a refund."


async def greeted(stage: Stage, name: str) -> tuple[Customer, Json]:
    """A customer who said hello, and the light card of it."""
    customer = stage.customer(name)
    await customer.write(HELLO)
    return customer, await stage.light_card_of(customer)


async def answered(stage: Stage, card: Json, text: str) -> None:
    """Mia replies on the light card."""
    await stage.press_light(stage.mia, card, "conversation.reply")
    assert (await stage.mia.submit(stage.mia.modals()[-1]["id"], {"text": text})).outcome == "closed"


async def line(stage: Stage, customer: Customer) -> str:
    """The light card, which has become one line."""
    card = await stage.light_card_of(customer)
    assert len(card["blocks"]) == 1, stage.text(card)
    return stage.text(card)


async def test_it_shows_who_what_why_and_what_can_be_done(stage: Stage) -> None:
    _, card = await greeted(stage, "Lena <!here>")

    shown = stage.text(card)

    for words in ("Lena <!here> · WhatsApp", HELLO, "Only a greeting", "nobody has it yet"):
        assert words in shown
    assert [each["text"]["text"] for each in card["blocks"][-1]["elements"][:-1]] == [
        "Claim",
        "Reply",
        "Create ticket",
        "Resolve",
    ]


async def test_ten_messages_in_a_burst_are_one_understanding_and_one_light_card(stage: Stage) -> None:
    tim = stage.customer("Tim Ten")

    await asyncio.gather(*(tim.write(f"hello {number}") for number in range(10)))

    assert len(await stage.light_cards_of(tim)) == 1
    counted = await stage.rows(
        "SELECT count(*) FROM triage JOIN conversation ON conversation.id = conversation_id WHERE address = $1",
        tim.number,
    )
    assert counted[0]["count"] == 1


async def test_a_further_message_changes_the_same_card(stage: Stage) -> None:
    fay, first = await greeted(stage, "Fay Further")

    await fay.write("hello? anybody there?")

    card = await stage.light_card_of(fay)
    assert card["ts"] == first["ts"]
    assert "anybody there?" in stage.text(card)


async def test_of_two_who_claim_it_one_has_it_and_the_other_is_told(stage: Stage) -> None:
    rita, card = await greeted(stage, "Rita Race")

    await asyncio.gather(*(stage.press_light(each, card, "ticket.claim") for each in (stage.mia, stage.ben)))

    shown = stage.text(await stage.light_card_of(rita))
    holder, other = ("Mia", stage.ben) if "Mia has it" in shown else ("Ben", stage.mia)
    assert f"{holder} has it" in shown
    assert f"{holder} has already claimed this conversation" in stage.told(other)


async def test_a_reply_reaches_the_phone_once_and_the_card_says_who_wrote(stage: Stage) -> None:
    rosa, card = await greeted(stage, "Rosa Reply")

    await stage.press_light(stage.mia, card, "conversation.reply")
    written = {"text": "Hello Rosa!", "files": [Upload("opening hours.png", a_picture("PNG"))]}
    assert (await stage.mia.submit(stage.mia.modals()[-1]["id"], written)).outcome == "closed"

    shown = stage.text(await stage.light_card_of(rosa))
    assert [(message.body, len(message.files)) for message in rosa.inbox] == [("Hello Rosa!", 1)]
    assert "📤 Mia → customer: “Hello Rosa!” 📎 opening hours.png · ✓✓ delivered" in shown


async def test_who_replies_sees_who_else_does_and_is_told_first_what_they_said(stage: Stage) -> None:
    mona, card = await greeted(stage, "Mona Meanwhile")
    for person in (stage.mia, stage.ben):
        await stage.press_light(person, card, "conversation.reply")
    mine, theirs = stage.mia.modals()[-1], stage.ben.modals()[-1]

    assert "has been writing" not in stage.text(mine)
    assert "✍️ Mia has been writing a reply since" in stage.text(theirs)
    assert (await stage.ben.submit(theirs["id"], {"text": "Hello Mona!"})).outcome == "closed"
    assert (await stage.mia.submit(mine["id"], {"text": "Good morning!"})).outcome == "updated"

    again = stage.mia.modals()[-1]
    assert "while you were writing: “Hello Mona!”" in stage.text(again)
    assert "Good morning!" in stage.text(again)
    await stage.settled()
    assert [message.body for message in mona.inbox] == ["Hello Mona!"]
    assert (await stage.mia.submit(again["id"], {"text": "Good morning!"})).outcome == "closed"
    await stage.settled()
    assert [message.body for message in mona.inbox] == ["Hello Mona!", "Good morning!"]


async def test_a_reply_of_unknown_fate_is_sent_again_from_the_card_once_whoever_presses(stage: Stage) -> None:
    nia, card = await greeted(stage, "Nia Nobody")
    stage.twilio.faults.next("messages.create", status=503)
    await answered(stage, card, "Hello Nia!")
    assert "“Hello Nia!” · ❓ unknown" in stage.text(await stage.light_card_of(nia))
    assert "[It arrived] [Send again]" in stage.text(await stage.light_card_of(nia))

    seen = (await stage.light_card_of(nia))["edited"]["ts"]
    for person in (stage.ben, stage.mia):  # who looks at the card as it was before the other one pressed
        await person.press(stage.channel, card["ts"], "reply.send_again", edited=seen)

    shown = stage.text(await stage.light_card_of(nia))
    assert [message.body for message in nia.inbox] == ["Hello Nia!"]
    assert "📤 Ben → customer: “Hello Nia!” · ✓✓ delivered" in shown
    assert "[Send again]" not in shown


async def test_what_did_not_arrive_still_says_so_once_the_conversation_is_resolved_and_can_be_settled(
    stage: Stage,
) -> None:
    sol, card = await greeted(stage, "Sol Settled")
    stage.twilio.faults.next("messages.create", status=503)
    await answered(stage, card, "Hello Sol!")
    await stage.press_light(stage.mia, card, "conversation.resolve")
    shown = stage.text(await stage.light_card_of(sol))
    assert "✅ resolved by Mia" in shown
    assert "[It arrived] [Send again]" in shown

    await stage.ben.press(stage.channel, card["ts"], "reply.arrived")

    assert await line(stage, sol) == "Sol Settled: ✅ resolved by Mia"


async def test_a_ticket_made_from_it_has_its_messages_and_the_card_says_which(stage: Stage) -> None:
    tess, card = await greeted(stage, "Tess Ticket")

    await stage.press_light(stage.ben, card, "conversation.create_ticket")
    form = stage.ben.modals()[-1]
    assert (await stage.ben.submit(form["id"], {"subject": "Call her", "priority": "low"})).outcome == "closed"

    made = await stage.card_of(tess)
    assert "Assignee: Ben" in stage.text(made)
    assert HELLO in stage.thread_text(made)
    number = stage.text(made).split()[0]
    assert await line(stage, tess) == f"Tess Ticket: → {number}"


async def test_a_ticket_that_the_ai_opens_takes_it_over(stage: Stage) -> None:
    adam, _ = await greeted(stage, "Adam Automatic")

    await adam.write(DAMAGED)

    made = await stage.card_of(adam)
    assert "→ #" in await line(stage, adam)
    assert HELLO in stage.thread_text(made)


async def test_its_line_names_the_newest_ticket(stage: Stage) -> None:
    """Found by `make chaos`: a later ticket left the line as it was."""
    nina, _ = await greeted(stage, "Nina Newest")
    await nina.write(DAMAGED)
    first = stage.text(await stage.card_of(nina)).split()[0]
    assert await line(stage, nina) == f"Nina Newest: → {first}"

    await nina.write("I was charged twice for order 4712.")
    newest = await stage.card_of(nina, number=2)
    assert await line(stage, nina) == f"Nina Newest: → {stage.text(newest).split()[0]}"

    await Clicks(stage, stage.mia).more(newest, "Not a ticket")
    await stage.settled()
    assert await line(stage, nina) == f"Nina Newest: → {first}"


async def test_resolved_is_one_line_with_the_name_and_the_next_greeting_brings_it_back(stage: Stage) -> None:
    rob, card = await greeted(stage, "Rob Resolved")

    await stage.press_light(stage.mia, card, "conversation.resolve")
    assert await line(stage, rob) == "Rob Resolved: ✅ resolved by Mia"

    await rob.write("thank you!")
    assert len((await stage.light_card_of(rob))["blocks"]) == 1

    await rob.write("Hello again, good evening!")
    assert "good evening!" in stage.text(await stage.light_card_of(rob))


async def test_snoozed_it_sleeps_until_somebody_wakes_it_or_the_time_has_come(stage: Stage) -> None:
    sue, card = await greeted(stage, "Sue Snoozed")

    await stage.press_light(stage.mia, card, "conversation.more", "snooze_hour")
    assert "💤 snoozed until" in await line(stage, sue)
    assert "by Mia" in await line(stage, sue)

    await stage.press_light(stage.ben, card, "conversation.wake")
    assert "Only a greeting" in stage.text(await stage.light_card_of(sue))

    await stage.press_light(stage.mia, await stage.light_card_of(sue), "conversation.more", "snooze_tomorrow")
    assert len((await stage.light_card_of(sue))["blocks"]) == 1
    async with services(stage.settings, stage.dsn, connections=1) as made:
        await wake_due(start=made.start, now=utc_now() + timedelta(days=2))
    assert "Only a greeting" in stage.text(await stage.light_card_of(sue))


async def test_a_message_wakes_it(stage: Stage) -> None:
    wes, card = await greeted(stage, "Wes Wakes")
    await stage.press_light(stage.mia, card, "conversation.more", "snooze_monday")
    assert "💤" in await line(stage, wes)

    await wes.write("hello?")

    assert "hello?" in stage.text(await stage.light_card_of(wes))


async def test_what_is_written_in_its_thread_reaches_nobody_and_the_writer_is_told(stage: Stage) -> None:
    theo, card = await greeted(stage, "Theo Thread")

    await stage.mia.say(stage.channel, "What does he want?", thread_ts=card["ts"])
    await stage.settled()

    assert list(theo.inbox) == []
    assert "comments need a ticket" in stage.told(stage.mia)
    assert await stage.rows("SELECT id FROM comment WHERE text LIKE '%he want%'") == []


async def test_a_stranger_can_do_nothing_with_it(stage: Stage) -> None:
    sid, card = await greeted(stage, "Sid Stranger")

    for action in ("ticket.claim", "conversation.reply", "conversation.create_ticket", "conversation.resolve"):
        await stage.press_light(stage.stranger, card, action)
        assert "You are not in Threadline" in stage.told(stage.stranger)

    assert stage.stranger.modals() == []
    assert stage.text(await stage.light_card_of(sid)) == stage.text(card)


async def test_a_card_that_somebody_deletes_is_posted_again_once(stage: Stage) -> None:
    dana, card = await greeted(stage, "Dana Deleted")
    stage.slack.channel(stage.channel).messages.pop(card["ts"])

    await dana.write("hello?")

    again = await stage.light_card_of(dana)
    assert again["ts"] != card["ts"]
    assert "hello?" in stage.text(again)


async def test_a_blocked_sender_is_heard_by_nobody_and_the_card_says_who_blocked_them(stage: Stage) -> None:
    spam, card = await greeted(stage, "Spam Sam")

    await stage.press_light(stage.mia, card, "conversation.more", "block")
    form = stage.mia.modals()[-1]
    assert "is kept apart" in stage.text(form)
    assert (await stage.mia.submit(form["id"], {})).outcome == "closed"
    assert await line(stage, spam) == "Spam Sam: 🚫 sender blocked by Mia"

    await spam.write(DAMAGED)

    assert await line(stage, spam) == "Spam Sam: 🚫 sender blocked by Mia"
    assert await stage.cards_of(spam) == []
    assert list(spam.inbox) == []
