"""The whole path under each fault: what the customer wrote and what the desk did is there once, and the card true."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from emulators.chance import DELIVERIES
from emulators.proxy import Proxy
from emulators.twilio import Customer
from emulators.twilio.faults import MENU as TWILIO
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
ANSWER = "We are sorry! Your refund of 89 EUR is on its way."


async def messages_of(stage: Stage, customer: Customer) -> list[str]:
    """What is filed of theirs, oldest first."""
    rows = await stage.rows(
        "SELECT text FROM message JOIN conversation ON conversation.id = conversation_id"
        " WHERE address = $1 AND direction = 'in' ORDER BY message.id",
        customer.number,
    )
    return [row["text"] for row in rows]


async def comments(stage: Stage, text: str) -> int:
    return len(await stage.rows("SELECT 1 FROM comment WHERE text = $1", text))


@contextmanager
def comes_again(stage: Stage) -> Iterator[None]:
    """Twilio is told to repeat what was not answered, as docs/whatsapp.md asks for."""
    whole = stage.twilio.webhook_url
    assert whole is not None
    stage.twilio.webhook_url = f"{whole}#rc=3&rp=ct,rt,5xx"
    try:
        yield
    finally:
        stage.twilio.webhook_url = whole


@asynccontextmanager
async def network_before_us(stage: Stage) -> AsyncIterator[Proxy]:
    """Both providers reach our web process through this network."""
    port, door, deadline = int(stage.url.rpartition(":")[2]), stage.slack.courier.url, stage.slack.courier.deadline
    stage.slack.courier.deadline = 1.0  # seconds to wait for what never comes
    async with Proxy("127.0.0.1", port) as network:
        stage.slack.courier.url = f"{network.url}/slack/events"
        stage.twilio.post_via(network.url)
        try:
            with comes_again(stage):
                yield network
        finally:
            stage.slack.courier.url, stage.slack.courier.deadline = door, deadline
            stage.twilio.post_via(None)


class TestTwilioAnswersBadly:
    async def test_a_reply_is_sent_once_and_the_thread_says_what_is_known_of_it(self, stage: Stage) -> None:
        customers = [stage.customer(f"Twila {number}") for number in range(len(TWILIO))]
        await asyncio.gather(*(customer.write(DAMAGED) for customer in customers))
        cards = [await stage.card_of(customer) for customer in customers]
        for kind in TWILIO:
            stage.twilio.faults.add("messages.create", kind)
        for card in cards:
            assert (await stage.fills(stage.mia, card, "reply", {"text": ANSWER})).outcome == "closed"

        met: list[str] = []
        for customer in customers:
            card = await stage.card_of(customer)
            calls = [each for each in stage.twilio.calls if each.params.get("To") == customer.address]
            faults = [each.fault.kind for each in calls if each.fault is not None]
            met += faults
            arrived = [message.body for message in customer.inbox]
            shown = stage.thread_text(card)
            assert arrived == [ANSWER] * sum(each.carried_out for each in calls)
            assert len(calls) == 1 + faults.count("too_many_requests"), faults
            assert ("✓✓ delivered" in shown) == (len(arrived) == 1), faults
            assert ("❓ unknown" in shown) == (len(arrived) == 0), faults
            assert ("It is not known whether this arrived" in stage.text(card)) == (len(arrived) == 0), faults
        assert sorted(met) == sorted(TWILIO)

    @pytest.mark.parametrize(
        ("kind", "words"), [("outside_window", "24-hour window"), ("undelivered", "cannot receive")]
    )
    async def test_a_failure_that_comes_later_is_said_in_words(self, stage: Stage, kind: str, words: str) -> None:
        fritz = stage.customer(f"Fritz {kind}")
        card = await stage.writes(fritz, DAMAGED)
        stage.twilio.callbacks.at_random(1, 1.0, only=[kind])
        try:
            await stage.fills(stage.mia, card, "reply", {"text": ANSWER})
            card = await stage.card_of(fritz)
        finally:
            stage.twilio.callbacks.calm()
        assert words in stage.text(card)
        assert fritz.inbox == ()


class TestTwilioDeliversBadly:
    @pytest.mark.parametrize("kind", DELIVERIES)
    async def test_a_message_is_filed_once_and_makes_one_card(self, stage: Stage, kind: str) -> None:
        ida = stage.customer(f"Ida {kind}")
        stage.twilio.delivery_faults.next(kind)
        with comes_again(stage):
            assert (await ida.write(DAMAGED)).status == 200
        card = await stage.card_of(ida)
        assert await messages_of(stage, ida) == [DAMAGED]
        assert len(stage.thread(card)) == 1
        assert stage.twilio.delivery_faults.left == 0

    async def test_a_message_that_overtakes_another_loses_neither(self, stage: Stage) -> None:
        omar = stage.customer("Omar Overtaken")
        stage.twilio.delivery_faults.next("delayed")
        await asyncio.gather(omar.write(DAMAGED), omar.write("It is order 4711, a blue one."))
        await stage.card_of(omar)
        assert sorted(await messages_of(stage, omar)) == ["It is order 4711, a blue one.", DAMAGED]

    @pytest.mark.parametrize("kind", DELIVERIES)
    async def test_reports_that_come_badly_end_in_the_final_state(self, stage: Stage, kind: str) -> None:
        rea = stage.customer(f"Rea {kind}")
        card = await stage.writes(rea, DAMAGED)
        stage.twilio.delivery_faults.next(kind)
        await stage.fills(stage.mia, card, "reply", {"text": ANSWER})
        card = await stage.card_of(rea)
        assert "✓✓ delivered" in stage.thread_text(card)
        assert stage.twilio.delivery_faults.left == 0


class TestSlackDeliversBadly:
    @pytest.mark.parametrize("kind", DELIVERIES)
    async def test_what_is_written_in_the_thread_is_one_comment(self, stage: Stage, kind: str) -> None:
        cleo = stage.customer(f"Cleo {kind}")
        card = await stage.writes(cleo, DAMAGED)
        stage.slack.delivery_faults.next(kind)
        await stage.mia.say(stage.channel, f"asking logistics, {kind}", thread_ts=card["ts"])
        await stage.slack.courier.idle()
        assert "1 comment" in stage.text(await stage.card_of(cleo))
        assert await comments(stage, f"asking logistics, {kind}") == 1
        assert stage.slack.delivery_faults.left == 0

    async def test_a_claim_whose_answer_is_lost_is_made_and_pressing_again_makes_no_second(self, stage: Stage) -> None:
        lou = stage.customer("Lou Lost")
        card = await stage.writes(lou, DAMAGED)
        stage.slack.delivery_faults.next("answer_lost")
        assert (await stage.press(stage.mia, card, "claim")).outcome == "failed"
        assert (await stage.press(stage.mia, card, "claim")).outcome == "acknowledged"
        assert "Assignee: Mia" in stage.text(await stage.card_of(lou))
        claims = await stage.rows(
            "SELECT 1 FROM activity JOIN conversation ON conversation.id = stream_id"
            " WHERE address = $1 AND kind = 'conversation.claimed'",
            lou.number,
        )
        assert len(claims) == 1

    async def test_a_reply_whose_answer_is_lost_is_one_reply_however_often_it_is_submitted(self, stage: Stage) -> None:
        rob = stage.customer("Rob Repeats")
        card = await stage.writes(rob, DAMAGED)
        form = await stage.opens(stage.mia, card, "reply")
        stage.slack.delivery_faults.next("answer_lost")
        assert (await stage.mia.submit(form["id"], {"text": ANSWER})).outcome == "failed"
        assert (await stage.mia.submit(form["id"], {"text": ANSWER})).outcome == "closed"
        await stage.settled()
        assert [message.body for message in rob.inbox] == [ANSWER]

    async def test_a_click_with_fields_that_nobody_announced_is_a_click(self, stage: Stage) -> None:
        uwe = stage.customer("Uwe Unannounced")
        card = await stage.writes(uwe, DAMAGED)
        stage.slack.delivery_faults.next("unknown_fields")
        assert (await stage.press(stage.mia, card, "claim")).outcome == "acknowledged"
        assert "Assignee: Mia" in stage.text(await stage.card_of(uwe))


class TestTheNetworkBeforeUs:
    @pytest.mark.parametrize(
        ("kind", "after"), [("refuse", 0), ("reset_request", 200), ("reset_answer", 0), ("drip", 0)]
    )
    async def test_a_message_that_meets_it_is_filed_once(self, stage: Stage, kind: str, after: int) -> None:
        nia = stage.customer(f"Nia {kind}")
        async with network_before_us(stage) as network:
            network.next(kind, after=after)
            assert (await nia.write(DAMAGED)).status == 200
        await stage.card_of(nia)
        assert await messages_of(stage, nia) == [DAMAGED]
        assert network.happened == {kind: 1}

    @pytest.mark.parametrize(
        ("kind", "after"), [("refuse", 0), ("reset_request", 200), ("reset_answer", 0), ("mute", 0)]
    )
    async def test_an_event_that_meets_it_comes_again_and_is_one_comment(
        self, stage: Stage, kind: str, after: int
    ) -> None:
        nell = stage.customer(f"Nell {kind}")
        card = await stage.writes(nell, DAMAGED)
        text = f"the network did {kind}"
        async with network_before_us(stage) as network:
            network.next(kind, after=after)
            said = await stage.mia.say(stage.channel, text, thread_ts=card["ts"])
            await stage.slack.courier.idle()
        assert said.delivery is not None
        assert [attempt.acknowledged for attempt in said.delivery.attempts[:1]] == [False]
        assert said.delivery.acknowledged
        assert await comments(stage, text) == 1
        assert "1 comment" in stage.text(await stage.card_of(nell))


async def test_a_form_that_slack_does_not_open_leaves_nobody_without_a_word(stage: Stage) -> None:
    vera = stage.customer("Vera View")
    card: Json = await stage.writes(vera, DAMAGED)
    for kind in ("reset", "too_many_requests", "server_error", "internal_error", "truncated"):
        before = len(stage.mia.ephemerals())
        stage.slack.faults.add("views.open", kind)
        pressed = await stage.press(stage.mia, card, "reply")
        opened = any("order 4711" in stage.text(form) for form in stage.mia.modals())
        told = len(stage.mia.ephemerals()) > before
        assert opened or told or pressed.outcome == "failed", kind
        for form in stage.mia.modals():
            await stage.mia.close(form["id"])
