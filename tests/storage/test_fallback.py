"""What the window does not let through: a template, another channel or a refusal, by the desk's rules and once."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.messages import Delivery, DeliveryReport, Limits, RawRequest, Received
from tests.factories import a_template, an_inbound
from tests.fakes.channels import FakeConnector
from tests.playbooks import WAITING
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork
from ticketing.conversations.fallback import Fallback, Outside, replan
from ticketing.conversations.file_event import file_event
from ticketing.conversations.window import WindowClosed
from ticketing.people.person import Person
from ticketing.templates.template import FromTemplate, Template
from ticketing.tickets.ticket import Ticket

DAY = timedelta(hours=24)
WORDS = "A new mug is on its way."
WINDOW = Limits(text=60, window=DAY)


@pytest.fixture(autouse=True)
def _a_channel_with_a_window(desk: DeskAtWork) -> None:
    desk.use(FakeConnector(limits=WINDOW))


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


@pytest.fixture
async def update(desk: DeskAtWork) -> Template:
    """The template of the fake channel that takes what the window did not let through."""
    await desk.desk.sync_templates("fake", [a_template()])
    chosen = await desk.desk.choose_fallback("fake", "order_update")
    assert chosen is not None
    return chosen


async def outbound(desk: DeskAtWork) -> list[tuple[str, str, str | None]]:
    rows = await desk.rows("SELECT text, delivery, note FROM message WHERE direction = 'out' ORDER BY at, id")
    return [(row.text, row.delivery, row.note) for row in rows]


async def waited_too_long(desk: DeskAtWork, ticket: Ticket, mia: Person) -> UUID:
    """Written while the window was open, and due after it closed."""
    desk.now += DAY - timedelta(minutes=1)
    reply = await desk.reply(ticket, mia, WORDS, then=WAITING)
    desk.now += timedelta(minutes=2)
    return reply


async def refused_later(desk: DeskAtWork, message: UUID) -> None:
    """The provider took it, and reports that the window is closed."""
    (row,) = await desk.rows("SELECT key FROM message WHERE id = :id", id=message)
    report = DeliveryReport(
        row.key.removeprefix("fake:"), message, Delivery.FAILED, error="Outside the window.", window_closed=True
    )

    def parse(_: RawRequest) -> tuple[Received, ...]:
        return (report,)

    await file_event(await desk.store(b"report"), parse={"fake": parse}, uow=desk.start(), now=desk.now)


async def replanned(desk: DeskAtWork, message: UUID, limits: Mapping[str, Limits] | None = None) -> None:
    taken = limits or desk.desk.limits
    await replan(message, limits=taken, outside=desk.outside, uow=desk.start(), now=desk.now)


async def also_on_chat(desk: DeskAtWork) -> None:
    """The customer has written on another channel, too, which has no window."""
    await desk.rows(
        "WITH met AS (INSERT INTO identity (id, customer_id, channel, address)"
        " SELECT gen_random_uuid(), customer_id, 'chat', 'c1' FROM conversation RETURNING id)"
        " INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)"
        " SELECT gen_random_uuid(), customer_id, 'chat', 'bot', 'c1', 'open', 1, now() FROM conversation"
        " RETURNING id"
    )


class TestWhenItLeaves:
    async def test_its_words_go_into_the_fallback_template_and_the_message_says_so(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        reply = await waited_too_long(desk, ticket, mia)
        await desk.deliver(reply)
        (sent,) = desk.channel.sent
        assert sent.template is not None
        assert (sent.template.id, sent.template.variables) == (update.provider_id, {"1": WORDS})
        assert await outbound(desk) == [(f"About your order: {WORDS}", "sent", "sent as template order_update")]
        assert (await desk.rows("SELECT status FROM ticket"))[0].status == WAITING

    @pytest.mark.parametrize("why", ["no-template", "not-approved-any-more", "words-too-long", "no-rule"])
    async def test_where_no_rule_helps_it_is_refused_in_words_and_never_cut(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template, why: str
    ) -> None:
        if why == "no-template":
            await desk.desk.choose_fallback("fake", None)
        elif why == "not-approved-any-more":
            await desk.desk.sync_templates("fake", [replace(update, status="paused")])
        elif why == "words-too-long":
            desk.use(FakeConnector(limits=replace(WINDOW, text=40)))
        else:
            desk.outside = Outside(())
        reply = await waited_too_long(desk, ticket, mia)
        await desk.deliver(reply)
        delivery, error = await desk.delivery(reply)
        assert (delivery, desk.channel.sent) == ("failed", [])
        assert error == "The 24-hour window closed at 09:00: send a template, or wait until the customer writes."

    async def test_or_it_is_written_once_where_the_customer_can_be_reached_and_the_old_one_says_so(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        desk.outside = Outside((Fallback.CHANNEL, Fallback.TEMPLATE))
        other = FakeConnector(channel="chat", limits=Limits(text=1000))
        desk.desk = replace(desk.desk, limits={"fake": WINDOW, "chat": other.limits})
        await also_on_chat(desk)
        channels = {"fake": desk.channel, "chat": other}
        reply = await waited_too_long(desk, ticket, mia)
        for _ in range(2):
            await desk.deliver(reply, channels=channels)
        assert await desk.delivery(reply) == ("failed", "The window closed here, so it is sent on Chat.")

        await desk.deliver(await desk.message(f"again:{reply}"), channels=channels)
        assert [(message.text, message.recipient) for message in other.sent] == [(WORDS, "c1")]
        assert desk.channel.sent == []
        assert (await desk.rows("SELECT status FROM ticket"))[0].status == WAITING
        assert await desk.broken_chains() == []

    @pytest.mark.parametrize("there", ["unreachable_since = now()", "is_group = true"])
    async def test_but_not_where_the_customer_has_blocked_us_nor_into_a_group(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, there: str
    ) -> None:
        desk.outside = Outside((Fallback.CHANNEL,))
        other = FakeConnector(channel="chat", limits=Limits(text=1000))
        await also_on_chat(desk)
        await desk.rows(f"UPDATE conversation SET {there} WHERE channel = 'chat' RETURNING id")
        reply = await waited_too_long(desk, ticket, mia)
        await desk.deliver(reply, channels={"fake": desk.channel, "chat": other})
        delivery, error = await desk.delivery(reply)
        assert delivery == "failed"
        assert "send a template" in (error or "")


class TestWhenTheProviderRefusesItLater:
    async def test_it_is_sent_once_more_as_the_template_however_often_it_is_replanned(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        reply = await desk.reply(ticket, mia, WORDS)
        await desk.deliver(reply)
        await refused_later(desk, reply)
        assert sorted((await desk.jobs())[-3:]) == ["CustomerReachChanged", "DeliveryChanged", "WindowRefused"]

        await asyncio.gather(*(replanned(desk, reply) for _ in range(3)))
        again = await desk.message(f"again:{reply}")
        await desk.deliver(again)
        await refused_later(desk, again)
        await replanned(desk, again)

        assert [message.template is not None for message in desk.channel.sent] == [False, True]
        assert [delivery for _, delivery, _ in await outbound(desk)] == ["failed", "failed"]
        (row,) = await desk.rows("SELECT author_name FROM message WHERE id = :id", id=again)
        assert row.author_name == "Mia"
        assert await desk.count("activity WHERE kind = 'reply.replanned'") == 1
        assert await desk.broken_chains() == []

    async def test_what_a_person_has_sent_again_meanwhile_is_left_to_them(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        reply = await desk.reply(ticket, mia, WORDS)
        await desk.deliver(reply)
        await refused_later(desk, reply)
        desk.now += timedelta(minutes=1)
        await desk.customer_writes("Hello?")
        await desk.desk.send_again(reply, by=mia)
        await replanned(desk, reply)
        assert [text for text, _, _ in await outbound(desk)] == [WORDS, WORDS]

    async def test_beside_a_person_who_sends_it_again_there_is_one_repetition(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        reply = await desk.reply(ticket, mia, WORDS)
        await desk.deliver(reply)
        await refused_later(desk, reply)
        await asyncio.gather(
            replanned(desk, reply), desk.desk.send_again(reply, by=mia), replanned(desk, reply), return_exceptions=True
        )
        assert await desk.count("message WHERE direction = 'out'") == 2

    async def test_a_refusal_from_before_the_customer_wrote_again_does_not_close_the_window(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        reply = await desk.reply(ticket, mia, WORDS)
        await desk.deliver(reply)
        desk.now += timedelta(minutes=1)
        await desk.customer_writes("Hello?")
        await refused_later(desk, reply)
        await replanned(desk, reply)
        assert len(await outbound(desk)) == 1
        await desk.reply(ticket, mia, "Here we are.")


class TestTemplates:
    async def test_one_is_sent_though_the_window_is_closed_and_recorded_like_any_reply(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, update: Template
    ) -> None:
        desk.now += 2 * DAY
        with pytest.raises(WindowClosed):
            await desk.reply(ticket, mia, WORDS)
        filled = FromTemplate(update.id, {"1": "it is here"})
        for _ in range(2):
            await desk.desk.reply(ticket.id, filled, by=mia, request="1")
        await desk.deliver(await desk.message("1"))
        (sent,) = desk.channel.sent
        assert (sent.text, sent.template and sent.template.variables) == (
            "About your order: it is here",
            {"1": "it is here"},
        )
        assert await desk.count("activity WHERE kind = 'reply.written'") == 1

    async def test_what_vanished_at_the_provider_is_gone_and_what_stands_in_stays_what_it_was(
        self, desk: DeskAtWork, update: Template
    ) -> None:
        other = a_template(name="hello", provider_id="HX2")
        await desk.desk.sync_templates("fake", [replace(update, body="News: {{1}}", is_fallback=False), other])
        synced = await desk.desk.sync_templates("fake", [replace(update, body="News: {{1}}")])
        known = {each.name: each for each in await desk.desk.templates("fake")}
        assert (synced.known, synced.gone) == (1, 1)
        assert (known["order_update"].body, known["order_update"].is_fallback) == ("News: {{1}}", True)
        assert (known["order_update"].id, known["hello"].status) == (update.id, "gone")


async def test_the_providers_instant_counts_and_never_moves_back(desk: DeskAtWork) -> None:
    async def comes(key: str, ago: timedelta) -> None:
        inbound = an_inbound(key=key, sender=CUSTOMER, account=OURS, sent_at=desk.now - ago)
        await file_event(await desk.store(b"x"), parse={"fake": lambda _: (inbound,)}, uow=desk.start(), now=desk.now)

    await comes("1", timedelta(minutes=5))
    await comes("2", timedelta(hours=3))
    (row,) = await desk.rows("SELECT last_inbound_at FROM conversation")
    assert row.last_inbound_at == desk.now - timedelta(minutes=5)
