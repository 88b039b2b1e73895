"""The first message to a customer: one conversation, whether they have written before or not."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import AccountRefused, NotFound
from core.messages import Limits
from tests.factories import a_template
from tests.fakes.channels import FakeConnector
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork
from tests.storage.letters import a_mail, filed
from ticketing.conversations.first_message import Recipient
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.window import WindowClosed
from ticketing.people.actor import SYSTEM
from ticketing.templates.fill import TemplateRefused
from ticketing.templates.template import FromTemplate
from ticketing.tickets.comment import TextRefused
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority

MAX = Recipient("email", "max@home.example", "Max", "support@shop.example", subject="Your mug")
CLARA = Recipient("fake", CUSTOMER, "Clara", OURS)


@pytest.fixture
async def hello(desk: DeskAtWork) -> FromTemplate:
    desk.use(FakeConnector(limits=Limits(text=100, window=timedelta(hours=24))))
    await desk.desk.sync_templates("fake", [a_template("Hello {{1}}")])
    (known,) = await desk.desk.templates("fake")
    return FromTemplate(known.id, {"1": "Clara"})


async def test_a_new_customer_gets_the_template_and_their_answer_lands_in_the_same_conversation(
    desk: DeskAtWork, hello: FromTemplate
) -> None:
    mia = await desk.person()
    made = await asyncio.gather(
        *(desk.desk.start_conversation(CLARA, hello, by=mia, request="the form") for _ in range(3))
    )
    await desk.deliver(await desk.message("the form"))
    assert [message.text for message in desk.channel.sent] == ["Hello Clara"]
    assert len(set(made)) == 1
    assert [row.name for row in await desk.rows("SELECT name FROM customer")] == ["Clara"]
    assert await desk.count("activity WHERE kind = 'conversation.started'") == 1
    assert await desk.broken_chains() == []

    assert await desk.customer_writes("Yes?") == made[0]


async def test_free_words_are_refused_until_the_customer_has_written(desk: DeskAtWork, hello: FromTemplate) -> None:
    with pytest.raises(WindowClosed, match="has not written yet"):
        await desk.desk.start_conversation(CLARA, "Hello!", request="1")
    assert await desk.count("conversation") == 0


async def test_a_template_that_does_not_fit_leaves_no_trace(desk: DeskAtWork, hello: FromTemplate) -> None:
    with pytest.raises(TemplateRefused):
        await desk.desk.start_conversation(CLARA, replace(hello, variables={}), request="1")
    assert (await desk.count("conversation"), await desk.count("customer")) == (0, 0)


async def test_which_of_our_addresses_is_only_asked_where_there_is_a_choice(
    desk: DeskAtWork, hello: FromTemplate
) -> None:
    unnamed = replace(CLARA, account=None)
    with pytest.raises(NotFound, match="which of our addresses"):
        await desk.desk.start_conversation(unnamed, hello, request="1")
    await desk.customer_writes(sender="+4900")
    started = await desk.desk.start_conversation(unnamed, hello, request="2")
    (row,) = await desk.rows("SELECT account FROM conversation WHERE id = :id", id=started)
    assert row.account == OURS


async def test_it_is_sent_from_none_but_our_addresses_however_they_are_typed(
    desk: DeskAtWork, hello: FromTemplate
) -> None:
    two = replace(desk.desk.limits["fake"], accounts=("+1555", "sales@shop.example"))
    desk.desk.limits["fake"] = two  # type: ignore[index]
    with pytest.raises(NotFound, match=r"“\+1556” is none of our addresses on fake. .* \+1555, sales@shop.example"):
        await desk.desk.start_conversation(replace(CLARA, account="+1556"), hello, request="1")
    assert await desk.count("conversation") == 0
    await desk.desk.start_conversation(replace(CLARA, account=" Sales@Shop.Example"), hello, request="1")
    (row,) = await desk.rows("SELECT account FROM conversation")
    assert row.account == "sales@shop.example"


async def test_that_a_channel_is_off_is_said_before_anything_else(desk: DeskAtWork) -> None:
    with pytest.raises(AccountRefused, match="The channel pigeon is switched off"):
        await desk.desk.start_conversation(Recipient("pigeon", "x", account="anything"), "Hello", request="1")


class TestByMail:
    """Each begins a conversation of its own."""

    @pytest.fixture(autouse=True)
    def letters(self, desk: DeskAtWork) -> None:
        desk.desk.limits["email"] = Limits(text=10_000, letters=True)  # type: ignore[index]

    async def test_it_has_a_subject_and_its_reader_takes_part(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        made = [
            await desk.desk.start_conversation(MAX, "Your mug is here.", by=mia, request=request)
            for request in ("one", "one", "two")
        ]
        assert len(set(made)) == 2
        assert [row.subject for row in await desk.rows("SELECT subject FROM conversation")] == ["Your mug"] * 2
        assert (await desk.count("message"), await desk.count("customer")) == (2, 1)

        mail = FakeConnector(channel="email", limits=desk.desk.limits["email"])
        await desk.deliver(await desk.message("one"), channels={"email": mail})
        (letter,) = [each.letter for each in mail.sent]
        assert letter is not None
        assert (letter.subject, letter.answers, letter.conversation) == ("Your mug", False, made[0])
        sent = await desk.message("one")
        assert await filed(desk, a_mail("Thanks", sender=MAX.address, ours=(sent,))) == made[0]

    async def test_only_what_no_person_wrote_is_automatic(self, desk: DeskAtWork) -> None:
        """Nobody's name is known at the command line, and yet somebody wrote it."""
        here = await desk.desk.start_conversation(MAX, "Your mug is here.", request="by hand")
        async with desk.start() as uow:
            await put_in_outbox(
                [Part("Thank you.")],
                await uow.conversations.lock(here),
                rooms=[],
                concerns=False,
                by=SYSTEM,
                request="by a machine",
                undo=timedelta(),
                uow=uow,
                now=desk.now,
            )
        mail = FakeConnector(channel="email", limits=desk.desk.limits["email"])
        for request in ("by hand", "by a machine"):
            await desk.deliver(await desk.message(request), channels={"email": mail})
        assert [each.letter and each.letter.automatic for each in mail.sent] == [False, True]

    async def test_without_a_subject_nothing_is_begun(self, desk: DeskAtWork) -> None:
        with pytest.raises(TextRefused, match="needs a subject"):
            await desk.desk.start_conversation(replace(MAX, subject="  "), "Hello", request="1")
        assert await desk.count("conversation") == 0

    async def test_a_ticket_that_begins_one_gives_it_its_subject(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        new = NewTicket("Recall of mugs", Priority.NORMAL)
        for request in ("1", "1", "2"):
            await desk.desk.open_ticket(replace(MAX, subject=""), new, by=mia, request=request)
        rows = await desk.rows("SELECT subject FROM conversation")
        assert [row.subject for row in rows] == ["Recall of mugs"] * 2
        assert (await desk.count("ticket"), await desk.count("message")) == (2, 0)
        assert await desk.count("activity WHERE kind = 'conversation.started'") == 2
