"""A customer writes: what becomes a ticket, what does not, and how often it stands in Slack."""

import asyncio
from datetime import timedelta

import pytest

from emulators.waiting import until
from tests.journey.stage import Stage, a_clock

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "I received a damaged item — order #78932. I'd like a refund."


async def verdict_of(stage: Stage, number: str) -> str:
    """What triage decided about a customer's newest burst, and why: there is no screen for it yet."""
    rows = await stage.rows(
        "SELECT verdict FROM triage JOIN conversation ON conversation.id = conversation_id"
        " WHERE address = $1 ORDER BY at DESC LIMIT 1",
        number,
    )
    return str(rows[0]["verdict"])


async def test_a_message_that_needs_work_becomes_one_card_with_what_the_ai_understood(stage: Stage) -> None:
    clara = stage.customer("Clara Berg")

    card = await stage.writes(clara, DAMAGED)

    shown = stage.text(card)
    for words in (
        "Damaged item: order 78932",
        "High",
        "Open",
        "Clara Berg · WhatsApp",
        "Return · Damaged",
        "nobody yet",
    ):
        assert words in shown
    for words in ("🤖 damaged", "% sure", "frustrated", "order 78932", "Why: Reports a damaged item"):
        assert words in shown
    buttons = [element["action_id"].removeprefix("ticket.") for element in card["blocks"][-2]["elements"]]
    assert buttons == ["claim", "reply", "comment", "status", "customer", "work"]


async def test_the_customers_words_stand_in_the_cards_thread(stage: Stage) -> None:
    clara = stage.customer("Clara Thread")

    card = await stage.writes(clara, DAMAGED)

    (entry,) = stage.thread(card)
    assert "Clara Thread" in stage.text(entry)
    assert DAMAGED in stage.text(entry)


async def test_a_greeting_makes_no_ticket_but_a_light_card_and_the_record_says_why(stage: Stage) -> None:
    gus = stage.customer("Gus Greeting")

    assert (await gus.write("Hello! Good morning :)")).status == 200
    await stage.settled()

    assert await stage.cards_of(gus) == []
    assert "Only a greeting" in stage.text(await stage.light_card_of(gus))
    said = await verdict_of(stage, gus.number)
    assert said.startswith("No ticket, passed to people: Only a greeting; nothing to solve yet")


async def test_two_issues_in_one_message_become_two_tickets_with_a_card_each(stage: Stage) -> None:
    tom = stage.customer("Tom Two")

    await tom.write("My mug from order 4711 arrived broken. Also, I was charged twice for order 4712.")
    await stage.settled()

    cards = await stage.cards_of(tom)
    assert len(cards) == 2
    assert "Damaged item: order 4711" in stage.text(cards[0])
    assert "Problem with a charge: order 4712" in stage.text(cards[1])
    assert all("charged twice for order 4712" in stage.thread_text(card) for card in cards)


async def test_the_same_webhook_ten_times_at_once_is_one_message_one_ticket_one_card(stage: Stage) -> None:
    dora = stage.customer("Dora Duplicate")

    written = await dora.write(DAMAGED, copies=10, concurrently=True)

    assert written.statuses == (200,) * 10
    card = await stage.card_of(dora)
    assert len(stage.thread(card)) == 1


async def test_several_messages_in_a_row_are_understood_together(stage: Stage) -> None:
    bea = stage.customer("Bea Burst")

    for text in ("hello", "my order 4712 arrived broken", "I want a refund please"):
        await bea.write(text)

    card = await stage.card_of(bea)
    assert "Damaged item: order 4712" in stage.text(card)
    assert [stage.text(entry).splitlines()[-1] for entry in stage.thread(card)] == [
        "hello",
        "my order 4712 arrived broken",
        "I want a refund please",
    ]


async def test_a_later_message_about_the_same_goes_on_with_its_ticket(stage: Stage) -> None:
    carl = stage.customer("Carl Continue")
    card = await stage.writes(carl, DAMAGED)

    await carl.write("Any news about order #78932?")
    await stage.settled()

    assert len(await stage.cards_of(carl)) == 1
    assert "Any news about order #78932?" in stage.thread_text(card)


async def test_a_new_and_different_issue_becomes_a_second_ticket(stage: Stage) -> None:
    nora = stage.customer("Nora New")
    await stage.writes(nora, DAMAGED)

    await nora.write("I cannot log in to my account, the password reset does not work.")
    await stage.settled()

    first, second = await stage.cards_of(nora)
    assert "Cannot sign in" in stage.text(second)
    assert "cannot log in" not in stage.thread_text(first)


async def test_two_new_customers_at_the_same_instant_do_not_mix(stage: Stage) -> None:
    one, two = stage.customer("Ada One"), stage.customer("Abe Two")

    await asyncio.gather(one.write(DAMAGED), two.write("I was charged twice for order 4712."))

    assert "damaged item" in stage.thread_text(await stage.card_of(one))
    assert "charged twice" in stage.thread_text(await stage.card_of(two))


async def test_a_message_whose_webhook_never_came_is_found_and_becomes_one_ticket_even_if_it_comes_after_all(
    stage: Stage,
) -> None:
    liv = stage.customer("Liv Lost")
    stage.twilio_clock.by = -timedelta(minutes=2)  # Twilio is given a minute to post by itself
    stage.twilio.drop_webhooks()
    try:
        lost = await liv.write(DAMAGED)
    finally:
        stage.twilio_clock.by = timedelta()
    assert lost.status is None
    assert await stage.cards_of(liv) == []

    async def found() -> bool:
        return bool(await stage.rows("SELECT 1 FROM inbox WHERE key = $1 AND outcome = 'filed'", f"message:{lost.sid}"))

    async with a_clock(stage):  # which looks at once
        await until(found, "the look for what was lost", patience=30)
    card = await stage.card_of(liv)

    assert (await liv.write(DAMAGED, sid=lost.sid)).status == 200
    await stage.settled()

    assert DAMAGED in stage.text(stage.thread(card)[0])
    assert len(stage.thread(card)) == len(await stage.cards_of(liv)) == 1
