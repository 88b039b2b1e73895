"""Mails filed over a real database: which conversation, who takes part, what machines write."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from core.messages import Inbound, Party, RawRequest
from storage.queries.set_aside import mails_set_aside
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.desk import DeskAtWork
from tests.storage.letters import EVE, a_mail, file, filed, ids, where
from tests.storage.mailing import send, with_mail
from ticketing.conversations.file_event import file_event
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.mails.place import FiledMeanwhile
from ticketing.people.actor import SYSTEM


class TestPlace:
    async def test_each_new_mail_of_a_customer_is_a_conversation_of_theirs(self, desk: DeskAtWork) -> None:
        one, two = await filed(desk, a_mail()), await filed(desk, a_mail())

        assert one != two
        (row,) = await desk.rows("SELECT count(DISTINCT customer_id) AS customers FROM conversation")
        assert row.customers == 1

    async def test_the_same_mail_twice_is_one(self, desk: DeskAtWork) -> None:
        mail = a_mail()
        assert await filed(desk, mail) == await filed(desk, mail)
        assert await desk.count("message") == await desk.count("conversation") == await desk.count("mail") == 1

    async def test_the_same_mail_in_two_mailboxes_is_one(self, desk: DeskAtWork) -> None:
        mail = a_mail()
        sales = replace(mail, account="sales@shop.example")
        assert await filed(desk, mail) == await filed(desk, sales)
        assert await desk.count("message") == await desk.count("conversation") == 1

    async def test_nor_does_it_leave_anything_where_both_come_at_once(self, desk: DeskAtWork) -> None:
        mail = a_mail()
        sales = replace(mail, account="sales@shop.example")
        for found in await asyncio.gather(file(desk, mail), file(desk, sales), return_exceptions=True):
            assert found == "filed" or isinstance(found, FiledMeanwhile)  # it is tried again
        assert await desk.count("message") == await desk.count("conversation") == 1

    async def test_an_answer_goes_on_by_the_ids_it_names(self, desk: DeskAtWork) -> None:
        first = a_mail()
        here = await filed(desk, first)
        assert await filed(desk, a_mail(references=("unknown@x", *ids(first)))) == here

    async def test_the_order_in_which_a_thread_arrives_does_not_matter(self, desk: DeskAtWork) -> None:
        first = a_mail("It broke.", subject="Mug")
        second = a_mail("Any news?", subject="Re: Mug", references=ids(first))
        third = a_mail("Hello?", subject="Re: Mug", references=ids(first, second))
        here = await filed(desk, third)
        assert [await filed(desk, each) for each in (first, second)] == [here, here]
        (row,) = await desk.rows("SELECT subject FROM conversation")
        assert row.subject == "Mug"

    async def test_nor_that_its_mails_come_at_once(self, desk: DeskAtWork) -> None:
        for _ in range(5):
            first = a_mail()
            several = [first, *(a_mail(references=ids(first)) for _ in range(3))]
            assert len(set(await asyncio.gather(*(filed(desk, each) for each in several)))) == 1

    async def test_a_mail_that_names_the_thread_of_somebody_else_starts_one_of_its_own(self, desk: DeskAtWork) -> None:
        first = a_mail()
        ahead = await filed(desk, a_mail(sender=EVE, references=ids(first), to=(Party("max@home.example"),)))
        here = await filed(desk, first)
        assert ahead != here
        assert await filed(desk, a_mail(references=ids(first))) == here

    async def test_one_that_was_overtaken_brings_nobody_in(self, desk: DeskAtWork) -> None:
        first = a_mail(to=(Party(EVE),))
        await filed(desk, a_mail(references=ids(first)))
        await filed(desk, first)
        assert EVE not in {row.address for row in await desk.rows("SELECT address FROM participant")}

    async def test_an_answer_to_a_message_of_ours_goes_on(self, desk: DeskAtWork) -> None:
        here = await filed(desk, a_mail())
        sent = uuid4()
        await desk.rows_changed(
            "INSERT INTO message (id, conversation_id, direction, text, at, delivery, triaged) "
            "VALUES (:id, :conversation, 'out', 'Yes', :at, 'sent', true)",
            id=sent,
            conversation=here,
            at=desk.now,
        )
        assert await filed(desk, a_mail(ours=(sent,))) == here

    async def test_a_signed_address_goes_on_whoever_writes(self, desk: DeskAtWork) -> None:
        here = await filed(desk, a_mail())
        answer = a_mail("I am his sister.", sender=EVE, conversation=here)
        assert await filed(desk, answer) == here
        (row,) = await desk.rows("SELECT author_address FROM message WHERE key = :key", key=f"email:{answer.key}")
        assert row.author_address == EVE

    async def test_a_signed_address_of_a_conversation_that_is_gone_starts_another(self, desk: DeskAtWork) -> None:
        nowhere = uuid4()
        assert await filed(desk, a_mail(conversation=nowhere)) != nowhere

    async def test_a_stranger_who_knows_an_id_is_a_possible_match(self, desk: DeskAtWork) -> None:
        first = a_mail()
        here = await filed(desk, first)
        there = await filed(desk, a_mail(sender=EVE, references=ids(first)))

        assert there != here
        (match,) = await desk.rows("SELECT conversation_id, target_id, why FROM possible_match")
        assert (match.conversation_id, match.target_id) == (there, here)
        assert EVE in match.why
        (row,) = await desk.rows("SELECT awaiting_since FROM conversation WHERE id = :id", id=there)
        assert row.awaiting_since == desk.now, "people are asked"

    async def test_who_was_in_copy_from_the_beginning_takes_part(self, desk: DeskAtWork) -> None:
        first = a_mail(cc=(Party(EVE.upper()),))
        assert await filed(desk, a_mail(sender=EVE, references=ids(first))) != await filed(desk, first)
        assert await filed(desk, a_mail(sender=EVE, references=ids(first))) == await where(desk, first)

    async def test_a_forged_mail_brings_nobody_in(self, desk: DeskAtWork) -> None:
        first = a_mail()
        here = await filed(desk, first)
        await filed(desk, a_mail(references=ids(first), cc=(Party(EVE),), verified=False))
        assert await filed(desk, a_mail(sender=EVE, references=ids(first))) != here

        await filed(desk, a_mail(references=ids(first), cc=(Party(EVE),), verified=True))
        assert await filed(desk, a_mail(sender=EVE, references=ids(first))) == here

    async def test_of_another_channel_nothing_is_gone_on_with(self, desk: DeskAtWork) -> None:
        chat = await desk.customer_writes()
        assert await filed(desk, a_mail(conversation=chat)) != chat


class TestSubjects:
    async def test_a_number_goes_on_only_for_a_proven_sender_who_takes_part(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        here = await filed(desk, a_mail())
        ticket = await desk.ticket(here, mia)

        assert await filed(desk, a_mail(number=ticket.number, verified=True)) == here
        assert await filed(desk, a_mail(number=ticket.number, verified=False)) != here
        assert await filed(desk, a_mail(sender=EVE, number=ticket.number, verified=True)) != here
        assert await filed(desk, a_mail(number=2**70, verified=True)) != here

    async def test_stand_before_the_words_where_they_are_news(self, desk: DeskAtWork) -> None:
        first = a_mail(subject="Broken mug")
        here = await filed(desk, first)
        await filed(desk, a_mail("Hello?", subject="Re: Broken mug", references=ids(first)))

        rows = await desk.rows("SELECT text FROM message ORDER BY id")
        assert [row.text for row in rows] == ["Broken mug\n\nIt broke.", "Hello?"]
        (row,) = await desk.rows("SELECT subject FROM conversation WHERE id = :id", id=here)
        assert row.subject == "Broken mug"


class TestMachines:
    async def test_what_was_set_aside_is_listed_and_filed_after_all(self, desk: DeskAtWork) -> None:
        mail, machines = a_mail(), a_mail(automatic="List-Id is set")

        def parsed(request: RawRequest) -> tuple[Inbound, ...]:
            return (mail if request.by_hand else machines,)

        event = await desk.store(b"Subject: Mug")
        await desk.rows_changed("UPDATE inbox SET channel = 'email' WHERE id = :id", id=event)
        await file_event(event, parse={"email": parsed}, uow=desk.start(), now=desk.now)
        (aside,) = await mails_set_aside(desk.engine, "email", most=10)
        assert (aside.event, aside.why, aside.head) == (event, "List-Id is set", b"Subject: Mug")

        assert await desk.desk.file_by_hand(event)
        assert not await desk.desk.file_by_hand(event)
        await file_event(event, parse={"email": parsed}, uow=desk.start(), now=desk.now)
        assert await desk.count("conversation") == 1
        assert not await mails_set_aside(desk.engine, "email", most=10)

    async def test_what_belongs_nowhere_is_set_aside(self, desk: DeskAtWork) -> None:
        assert await file(desk, a_mail(automatic="it is a holiday note")) == "set_aside"
        assert await desk.count("conversation") == await desk.count("message") == await desk.count("customer") == 0

    async def test_what_belongs_somewhere_is_kept_there_and_changes_nothing(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        first = a_mail()
        here = await filed(desk, first)
        ticket = await desk.ticket(here, mia)
        before = await desk.rows("SELECT version, last_inbound_at, state FROM conversation")
        jobs = await desk.jobs()

        note = a_mail("I am away.", references=ids(first), automatic="it is a holiday note")
        assert await filed(desk, note) == here

        assert await desk.rows("SELECT version, last_inbound_at, state FROM conversation") == before
        assert (await desk.jobs())[len(jobs) :] == ["TicketChanged"], "its thread shows it, and that is all"
        (row,) = await desk.rows("SELECT triaged, note FROM message WHERE key = :key", key=f"email:{note.key}")
        assert (row.triaged, row.note) == (True, "automatic: it is a holiday note")
        (entry,) = await desk.rows(
            "SELECT ticket_id, concerns FROM room_entry JOIN message ON message.id = message_id WHERE key = :key",
            key=f"email:{note.key}",
        )
        assert (entry.ticket_id, entry.concerns) == (ticket.id, False)

    async def test_why_no_machine_may_answer_is_known_until_somebody_else_writes(self, desk: DeskAtWork) -> None:
        first = a_mail(unanswerable="noreply@home.example takes no answers")
        await filed(desk, first)
        assert [row.no_machine for row in await desk.rows("SELECT no_machine FROM conversation")] == [
            "noreply@home.example takes no answers"
        ]
        await filed(desk, a_mail(references=ids(first)))
        assert [row.no_machine for row in await desk.rows("SELECT no_machine FROM conversation")] == [None]


class TestThreadEnd:
    @pytest.fixture
    async def start(self, desk: DeskAtWork) -> SqlUnitOfWork:
        return desk.start()

    async def test_names_the_first_mail_after_one_that_names_none(self, desk: DeskAtWork, start: SqlUnitOfWork) -> None:
        first = a_mail()
        here = await filed(desk, first)
        joined = a_mail(sender=EVE, conversation=here)
        assert await filed(desk, joined) == here

        async with start as uow:
            end = await uow.mails.thread_end(here, before=uuid4())

        assert end.references == ids(first, joined), "so it stands in the thread that the customer knows"

    async def test_goes_on_from_the_customers_newest_mail(self, desk: DeskAtWork, start: SqlUnitOfWork) -> None:
        first = a_mail(cc=(Party(EVE, "Eve"),))
        here = await filed(desk, first)
        second = replace(a_mail(references=ids(first), to=(Party(EVE, "Eve"), Party("new@x.example")), verified=False))
        await filed(desk, second)

        async with start as uow:
            end = await uow.mails.thread_end(here, before=uuid4())

        assert end.references == ids(first, second)
        assert end.cc == (Party(EVE, "Eve"),), "whom a mail that nothing proves brings in gets no copy"

    @pytest.mark.parametrize(("checked", "reads_along"), [("dmarc=fail", False), ("", True)])
    async def test_a_first_mail_that_may_be_forged_brings_nobody_in(
        self, desk: DeskAtWork, start: SqlUnitOfWork, checked: str, reads_along: bool
    ) -> None:
        here = await filed(desk, a_mail(cc=(Party(EVE),), proof=checked))
        async with start as uow:
            end = await uow.mails.thread_end(here, before=uuid4())
        assert [each.address for each in end.cc] == ([EVE] if reads_along else [])


async def test_what_a_machine_of_ours_writes_goes_to_the_customer_alone(desk: DeskAtWork) -> None:
    channel, mia = with_mail(desk), await desk.person()
    here = await filed(desk, a_mail(cc=(Party(EVE, "Eve"),)))
    ticket = await desk.ticket(here, mia)
    reply = await desk.reply(ticket, mia)
    async with desk.start() as uow:
        conversation = await uow.conversations.lock(here)
        said = [Part("We have got it.")]
        written = await put_in_outbox(
            said,
            conversation,
            rooms=[],
            concerns=False,
            by=SYSTEM,
            request="r",
            undo=timedelta(),
            uow=uow,
            now=desk.now,
        )
    assert written is not None
    for each in (reply, written.id):
        await send(desk, channel, each)
    copies = {mail.text: mail.letter.cc for mail in channel.sent if mail.letter}
    assert sorted(map(len, copies.values())) == [0, 1], "a colleague's answer has copies"
    assert copies["We have got it."] == ()
