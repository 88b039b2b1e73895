"""Who is writing a reply just now: told to colleagues, for five minutes, and in nobody's way."""

import asyncio
from datetime import timedelta

import pytest

from core.errors import Refused
from tests.factories import NOW
from tests.storage.desk import DeskAtWork
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.ports import Writer
from ticketing.conversations.reply import RepliedMeanwhile, Seen
from ticketing.conversations.replying import FORGOTTEN_AFTER
from ticketing.people.actor import AUTOMATION

SECOND = timedelta(seconds=1)


class TestBegin:
    async def test_who_comes_later_is_told_who_writes_the_longest_first(self, desk: DeskAtWork) -> None:
        conversation = await desk.customer_writes()
        mia, ben, sara = [await desk.person(name) for name in ("Mia", "Ben", "Sara")]
        assert await desk.desk.begin_reply(conversation, by=mia, at=NOW) == []
        assert await desk.desk.begin_reply(conversation, by=ben, at=NOW + SECOND) == [Writer("Mia", NOW)]
        told = await desk.desk.begin_reply(conversation, by=sara, at=NOW + 2 * SECOND)
        assert told == [Writer("Mia", NOW), Writer("Ben", NOW + SECOND)]

    async def test_nobody_is_told_of_themselves_or_of_another_conversation(self, desk: DeskAtWork) -> None:
        mia, ben = await desk.person(), await desk.person("Ben")
        first, second = await desk.customer_writes(), await desk.customer_writes(sender="+4917000000")
        assert await desk.desk.begin_reply(first, by=mia, at=NOW) == []
        assert await desk.desk.begin_reply(first, by=mia, at=NOW + SECOND) == []
        assert await desk.desk.begin_reply(second, by=ben, at=NOW + SECOND) == []

    async def test_it_is_forgotten_after_five_minutes_unless_they_begin_again(self, desk: DeskAtWork) -> None:
        conversation = await desk.customer_writes()
        mia, ben = await desk.person(), await desk.person("Ben")
        await desk.desk.begin_reply(conversation, by=mia, at=NOW)
        late = NOW + FORGOTTEN_AFTER
        assert await desk.desk.begin_reply(conversation, by=ben, at=late - SECOND) == [Writer("Mia", NOW)]
        assert await desk.desk.begin_reply(conversation, by=ben, at=late) == []
        await desk.desk.begin_reply(conversation, by=mia, at=late)
        assert await desk.desk.begin_reply(conversation, by=ben, at=late) == [Writer("Mia", late)]

    async def test_however_often_and_in_whatever_order_it_is_one_row_with_the_latest_time(
        self, desk: DeskAtWork
    ) -> None:
        conversation, mia = await desk.customer_writes(), await desk.person()
        times = [NOW + n * SECOND for n in (3, 1, 4, 1, 5)]
        await asyncio.gather(*(desk.desk.begin_reply(conversation, by=mia, at=at) for at in times))
        assert [row.since for row in await desk.rows("SELECT since FROM replying")] == [max(times)]

    async def test_it_waits_for_nobody_who_has_the_conversation(self, desk: DeskAtWork) -> None:
        conversation, mia = await desk.customer_writes(), await desk.person()
        async with desk.start() as uow:
            await uow.conversations.lock(conversation)
            assert await asyncio.wait_for(desk.desk.begin_reply(conversation, by=mia, at=NOW), 30) == []


class TestEnd:
    async def test_whoever_closed_the_form_writes_no_more_and_again_changes_nothing(self, desk: DeskAtWork) -> None:
        conversation = await desk.customer_writes()
        mia, ben = await desk.person(), await desk.person("Ben")
        for person in (mia, ben):
            await desk.desk.begin_reply(conversation, by=person, at=NOW)
        for _ in range(2):
            await desk.desk.end_reply(conversation, by=mia, until=NOW)
        assert await desk.desk.begin_reply(conversation, by=mia, at=NOW) == [Writer("Ben", NOW)]
        await desk.desk.end_reply(conversation, by=mia, until=NOW)
        assert await desk.desk.begin_reply(conversation, by=ben, at=NOW) == []

    async def test_closing_an_old_form_says_nothing_of_a_newer_one(self, desk: DeskAtWork) -> None:
        conversation = await desk.customer_writes()
        mia, ben = await desk.person(), await desk.person("Ben")
        for at in (NOW, NOW + SECOND):
            await desk.desk.begin_reply(conversation, by=mia, at=at)
        await desk.desk.end_reply(conversation, by=mia, until=NOW)
        assert await desk.desk.begin_reply(conversation, by=ben, at=NOW + SECOND) == [Writer("Mia", NOW + SECOND)]

    @pytest.mark.parametrize("ticketed", [True, False])
    async def test_sending_ends_it_and_a_refused_reply_does_not(self, desk: DeskAtWork, ticketed: bool) -> None:
        conversation = await desk.customer_writes()
        mia, ben = await desk.person(), await desk.person("Ben")
        ticket = await desk.ticket(conversation, mia) if ticketed else None

        async def send(text: str) -> None:
            if ticket is not None:
                await desk.desk.reply(ticket.id, text, by=mia, request=text)
            else:
                await desk.desk.reply_to_conversation(conversation, text, by=mia, request=text)

        await desk.desk.begin_reply(conversation, by=mia, at=NOW)
        with pytest.raises(Refused, match="empty"):
            await send(" ")
        assert await desk.desk.begin_reply(conversation, by=ben, at=NOW) == [Writer("Mia", NOW)]
        await send("Hello!")
        assert await desk.desk.begin_reply(conversation, by=ben, at=NOW) == []


class TestRepliedMeanwhile:
    async def test_what_no_person_wrote_is_nobodys_reply(self, desk: DeskAtWork) -> None:
        conversation_id = await desk.customer_writes()
        mia, ben = await desk.person(), await desk.person("Ben")
        ticket, seen = await desk.ticket(conversation_id, mia), Seen(conversation_id, NOW - SECOND)
        async with desk.start() as uow:
            conversation = await uow.conversations.lock(conversation_id)
            closed = [Part("We are closed at the moment.")]
            await put_in_outbox(
                closed,
                conversation,
                rooms=[ticket.id],
                concerns=False,
                by=AUTOMATION,
                request="acknowledged:1",
                undo=timedelta(),
                uow=uow,
                now=NOW,
            )
        await desk.desk.reply(ticket.id, "Which colour?", by=mia, request="mine", seen=seen)
        with pytest.raises(RepliedMeanwhile, match="Mia has replied meanwhile: “Which colour"):
            await desk.desk.reply(ticket.id, "Hello!", by=ben, request="his", seen=seen)
