"""Customers change what they wrote: the newest words stand, the earlier ones stay, an answered one is marked so."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import a_suggestion, after
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, OneIssue, Says, a_message
from ticketing.conversations.edit import EDIT_PATIENCE, EditTooEarly
from ticketing.tickets.card import EarlierWords, RoomEntry
from ticketing.tickets.ticket import Ticket


def an_edit(words: str, *, at: datetime | None = None, key: str = "M1") -> dict[str, str]:
    event = {"kind": "edit", "id": key, "from": CUSTOMER, "to": OURS, "text": words}
    return event | ({"at": at.isoformat()} if at else {})


async def edit(desk: DeskAtWork, words: str, *, at: datetime | None = None) -> None:
    await desk.file(await desk.store(an_edit(words, at=at)))


async def written(desk: DeskAtWork, words: str = "My mug broke.") -> UUID:
    """The conversation of a message with the key M1."""
    await desk.file(await desk.store(a_message(words, key="M1")))
    (row,) = await desk.rows("SELECT conversation_id FROM message WHERE key = 'fake:M1'")
    conversation_id: UUID = row.conversation_id
    return conversation_id


async def ticketed(desk: DeskAtWork) -> Ticket:
    """A ticket about that message, all of it shown."""
    conversation_id = await written(desk)
    await desk.understand(conversation_id)
    await desk.rows("UPDATE room_entry SET needs_showing = false RETURNING id")
    (row,) = await desk.rows("SELECT id FROM ticket")
    async with desk.start() as uow:
        return await uow.tickets.lock(row.id)


async def words(desk: DeskAtWork) -> tuple[str, list[str]]:
    """What the message says, and all that it said before."""
    (now,) = await desk.rows("SELECT text FROM message WHERE direction = 'in'")
    return now.text, [row.text for row in await desk.rows("SELECT text FROM message_revision ORDER BY text")]


async def due(desk: DeskAtWork, ticket: Ticket) -> list[RoomEntry]:
    """What is to be shown in the ticket's thread."""
    return list(await SqlRooms(desk.database, Playbooks()).begin_entries(ticket.id, now=desk.now))


class TestFileEdit:
    async def test_a_triage_reads_the_newest_words_also_those_that_come_while_it_thinks(self, desk: DeskAtWork) -> None:
        conversation_id = await written(desk)

        class EditedMeanwhile(OneIssue):
            async def triage(self, *read):  # type: ignore[no-untyped-def]
                await edit(desk, "My cup broke.")  # the second time it changes nothing
                return await super().triage(*read)

        await desk.understand(conversation_id, EditedMeanwhile())
        assert [row.subject for row in await desk.rows("SELECT subject FROM ticket")] == ["My cup broke."]

    async def test_what_is_understood_is_not_understood_again_but_shown_anew(self, desk: DeskAtWork) -> None:
        ticket = await ticketed(desk)
        jobs = len(await desk.jobs())
        await edit(desk, "My cup broke.", at=after(60))
        (entry,) = await due(desk, ticket)
        assert (entry.text, entry.earlier, entry.versions) == ("My cup broke.", "My mug broke.", 1)
        assert (entry.edited_at, entry.edited_after_answer, entry.answered_by) == (after(60), False, None)
        assert (await desk.jobs())[jobs:] == ["MessageEdited"]
        async with desk.start() as uow:
            assert await uow.messages.waiting_for_triage(ticket.conversation_id) is None
        records = str(await desk.rows("SELECT kind, before, after FROM activity"))
        assert "message.edited" in records
        assert "cup" not in records
        assert await desk.broken_chains() == []

    async def test_only_a_persons_answer_that_may_have_arrived_marks_the_edit_after_it(self, desk: DeskAtWork) -> None:
        ticket, ben = await ticketed(desk), await desk.person("Ben")
        await desk.reply(ticket, ben)  # at the moment of the message, so not after it
        marked = []
        for fate in ("delivery = 'failed'", "delivery = 'withdrawn'", "author_id = NULL", "delivery = 'sent'"):
            desk.now += timedelta(seconds=10)
            reply = await desk.reply(ticket, ben)
            await desk.rows(f"UPDATE message SET {fate} WHERE id = :id RETURNING id", id=reply)
            desk.now += timedelta(seconds=10)
            await edit(desk, f"My cup broke at {desk.now}.")
            entry = next(each for each in await due(desk, ticket) if each.kind == "inbound")
            marked.append((entry.edited_after_answer, entry.answered_by))
        assert marked == [(False, None), (False, None), (False, None), (True, "Ben")]

    async def test_the_words_that_were_answered_are_the_ones_shown(self, desk: DeskAtWork) -> None:
        ticket, ben = await ticketed(desk), await desk.person("Ben")
        desk.now = after(10)
        await desk.reply(ticket, ben)
        desk.now = after(60)
        await edit(desk, "My cup broke.", at=after(60))
        desk.now = after(61)
        await edit(desk, "My teacup broke.", at=after(61))
        entry = next(each for each in await due(desk, ticket) if each.kind == "inbound")
        assert (entry.text, entry.earlier, entry.versions) == ("My teacup broke.", "My cup broke.", 2)
        assert await SqlRooms(desk.database, Playbooks()).earlier(entry.id) == [
            EarlierWords("My mug broke.", after(0), "Ben"),
            EarlierWords("My cup broke.", after(60), "Ben"),
        ]

    async def test_ten_at_once_and_again_are_one_revision(self, desk: DeskAtWork) -> None:
        await written(desk)
        stored = [await desk.store(an_edit("My cup broke.", at=after(60))) for _ in range(10)]
        await asyncio.gather(*(desk.file(each) for each in stored))
        await edit(desk, "My cup broke.", at=after(60))
        desk.now = after(600)
        await written(desk)  # the message itself comes once more
        assert await words(desk) == ("My cup broke.", ["My mug broke."])
        assert await desk.count("activity WHERE kind = 'message.edited'") == 1

    async def test_out_of_order_and_twice_the_newest_stands_and_the_others_are_kept(self, desk: DeskAtWork) -> None:
        await written(desk, "0")
        for number in (3, 1, 2, 1, 3):
            await edit(desk, str(number), at=after(number - 3600))  # the provider's clock may be behind ours
        assert await words(desk) == ("3", ["0", "1", "2"])

    async def test_one_that_overtakes_its_message_waits_for_it(self, desk: DeskAtWork) -> None:
        stored = await desk.store(an_edit("My cup broke."))
        with pytest.raises(EditTooEarly):
            await desk.file(stored)
        await written(desk)
        await desk.file(stored)
        assert await words(desk) == ("My cup broke.", ["My mug broke."])

    async def test_one_whose_message_never_came_is_a_message_and_one_that_comes_after_all_its_earlier_words(
        self, desk: DeskAtWork
    ) -> None:
        stored = await desk.store(an_edit("My cup broke.", at=after(5)))
        desk.now += EDIT_PATIENCE
        await desk.file(stored)
        assert await words(desk) == ("My cup broke.", [])
        assert await desk.jobs() == ["MessageReceived"]
        await written(desk)
        await written(desk)
        assert await words(desk) == ("My cup broke.", ["My mug broke."])

    async def test_nobody_edits_our_messages_and_a_blocked_sender_nothing(self, desk: DeskAtWork) -> None:
        ticket = await ticketed(desk)
        reply = await desk.reply(ticket, await desk.person())
        await desk.rows("UPDATE message SET key = 'fake:M9' WHERE id = :id RETURNING id", id=reply)
        await desk.file(await desk.store(an_edit("Pay me.", key="M9")))
        await desk.desk.block_sender("fake", CUSTOMER)
        await edit(desk, "My cup broke.")
        assert await words(desk) == ("My mug broke.", [])
        assert await desk.count("message WHERE text = 'Pay me.'") == 0
        assert await desk.count("inbox WHERE outcome = 'blocked'") == 1

    async def test_a_light_card_says_that_it_was_changed_after_an_answer(self, desk: DeskAtWork) -> None:
        conversation_id, ben = await written(desk, "Hello?"), await desk.person("Ben")
        await desk.understand(conversation_id, Says(a_suggestion(worthy=False, awaits_answer=True)))
        desk.now = after(10)
        await desk.desk.reply_to_conversation(conversation_id, "Hi!", by=ben, request="r1")
        desk.now += timedelta(seconds=10)
        await edit(desk, "Hello there?")
        card = await SqlLightCards(desk.database, sure_enough=0.75).card(conversation_id)
        assert (card.last_words, card.edited_after) == ("Hello there?", "Ben")
