"""What a brain is told to suggest a reply: this ticket's own room and what is filled in on it, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import NotFound
from tests.playbooks import with_fields
from tests.storage.desk import DeskAtWork
from tests.storage.test_fields import AMOUNT, ORDER
from ticketing.conversations.origin import Origin
from ticketing.drafting.brief import brief_of
from ticketing.drafting.draft import Brief, Drafted
from ticketing.drafting.suggest import write_draft
from ticketing.people.person import Person
from ticketing.playbook.playbook import SavedReply
from ticketing.tickets.ticket import Ticket


class Suggests:
    async def draft(self, brief: Brief) -> Drafted | None:
        return Drafted("We look into it.", "test", "1")


async def brief(desk: DeskAtWork, ticket: Ticket, mia: Person) -> Brief:
    async with desk.start() as uow:
        return await brief_of(ticket.id, by=mia, uow=uow, now=desk.now)


async def asked(desk: DeskAtWork, ticket: Ticket, mia: Person) -> UUID:
    return (await desk.desk.ask_for_draft(ticket.id, {"view": "V1"}, by=mia)).id


async def test_of_the_room_it_hears_what_the_customer_and_the_desk_said_and_no_colleague(desk: DeskAtWork) -> None:
    mia = await desk.person()
    ticket = await opened(desk, mia)
    await desk.desk.comment(ticket.id, "They always lie.", by=mia)
    other = await desk.ticket(await desk.customer_writes("Something else.", sender="+4915199999999"), mia)
    await desk.reply(other, mia, "For somebody else.")
    desk.now += timedelta(minutes=1)
    await desk.reply(ticket, mia, "Which colour?")
    gone = await desk.reply(ticket, mia, "Taken back.")
    desk.undo(timedelta(minutes=1))
    await desk.desk.withdraw(gone, by=mia)
    found = await brief(desk, ticket, mia)
    assert [(line.text, line.by_customer) for line in found.lines] == [
        ("My mug is broken.", True),
        ("Which colour?", False),
    ]
    words = "\n".join(found.said())
    for secret in ("They always lie.", "For somebody else.", "Something else.", "Taken back."):
        assert secret not in words


async def opened(desk: DeskAtWork, mia: Person) -> Ticket:
    conversation = await desk.customer_writes()
    await desk.understand(conversation)
    (row,) = await desk.rows("SELECT id FROM ticket")
    async with desk.start() as uow:
        return await uow.tickets.lock(row.id)


async def test_a_long_room_is_cut_to_its_newest_messages_and_each_of_them(desk: DeskAtWork) -> None:
    mia = await desk.person()
    ticket = await opened(desk, mia)
    for number in range(14):
        desk.now += timedelta(minutes=1)
        await desk.reply(ticket, mia, f"{number}")
    await desk.rows_changed("UPDATE message SET text = text || ' ' || repeat('x', 3000)")
    lines = (await brief(desk, ticket, mia)).lines
    assert [line.text[:2].strip() for line in lines] == [str(number) for number in range(2, 14)]
    assert {len(line.text) for line in lines} == {2000}


async def test_saved_replies_come_filled_in_and_those_that_lack_something_do_not(desk: DeskAtWork) -> None:
    replies = {
        "order": SavedReply("order", "Order", "About {{fields.order}}: we look, {{agent.name}}."),
        "refund": SavedReply("refund", "Refund", "You get {{fields.amount}} back."),
    }
    desk.follow(replace(with_fields(ORDER, AMOUNT), replies=replies))
    mia = await desk.person()
    ticket = await opened(desk, mia)
    await desk.desk.claim(ticket.conversation_id, by=mia)
    await desk.desk.set_fields(ticket.id, {"order": "789"}, by=mia)
    found = await brief(desk, ticket, mia)
    assert [(each.key, each.text) for each in found.replies] == [("order", "About 789: we look, Mia.")]
    assert dict(found.fields) == {"Order": "789"}


async def test_only_what_was_begun_is_a_job_and_a_colleagues_is_not_there(desk: DeskAtWork) -> None:
    mia, ben = await desk.person(), await desk.person("Ben")
    ticket = await opened(desk, mia)
    draft = await asked(desk, ticket, mia)
    assert "DraftAsked" not in await desk.jobs()
    for attempt in (desk.desk.asked_draft(draft, by=ben), desk.desk.begin_draft(draft, {}, by=ben)):
        with pytest.raises(NotFound):
            await attempt
    await desk.desk.begin_draft(draft, {"view": "V1", "shown": "2"}, by=mia)
    assert (await desk.jobs()).count("DraftAsked") == 1
    written, person = await write_draft(draft, drafter=Suggests(), start=desk.start, clock=desk.clock)
    assert (written.text, written.form["shown"], person.id) == ("We look into it.", "2", mia.id)
    assert (await desk.desk.asked_draft(draft, by=mia)).text == "We look into it."


async def test_a_reply_of_it_says_so_in_its_record(desk: DeskAtWork) -> None:
    mia = await desk.person()
    ticket = await opened(desk, mia)
    await desk.desk.reply(ticket.id, "We look into it.", by=mia, request="r1", origin=Origin(drafted=True))
    (row,) = await desk.rows("SELECT after FROM activity WHERE kind = 'reply.written'")
    assert row.after["drafted_by"] == "ai"
