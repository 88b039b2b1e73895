"""Providers deliver twice, at once and out of order; each message is filed once, in its one conversation."""

import asyncio
from datetime import timedelta

import pytest

from core.errors import NotFound
from storage.customers import SqlCustomers
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, a_message


class TestFileEvent:
    async def test_the_same_event_ten_times_at_once_is_one_message(self, desk: DeskAtWork) -> None:
        inbox_id = await desk.store(a_message())
        await asyncio.gather(*(desk.file(inbox_id) for _ in range(10)))
        assert await desk.count("message") == 1
        assert await desk.jobs() == ["MessageReceived"]

    async def test_the_same_message_in_ten_events_at_once_is_one_message(self, desk: DeskAtWork) -> None:
        inbox_ids = [await desk.store(a_message(key="SM1")) for _ in range(10)]
        await asyncio.gather(*(desk.file(inbox_id) for inbox_id in inbox_ids))
        assert await desk.count("message") == 1
        assert await desk.jobs() == ["MessageReceived"]
        assert await desk.count("inbox WHERE outcome = 'filed'") == 10

    async def test_ten_messages_of_a_new_customer_at_once_start_one_conversation(self, desk: DeskAtWork) -> None:
        inbox_ids = [await desk.store(a_message(str(number))) for number in range(10)]
        await asyncio.gather(*(desk.file(inbox_id) for inbox_id in inbox_ids))
        tables = ("customer", "identity", "conversation", "message")
        assert [await desk.count(table) for table in tables] == [1, 1, 1, 10]
        (row,) = await desk.rows("SELECT version FROM conversation")
        assert row.version == 11

    async def test_one_customer_writing_to_two_of_our_numbers_at_once_is_one_customer(self, desk: DeskAtWork) -> None:
        events = [a_message() | {"to": f"+1415555010{number % 2}"} for number in range(8)]
        await asyncio.gather(*[desk.file(await desk.store(event)) for event in events])
        assert [await desk.count(table) for table in ("customer", "conversation")] == [1, 2]

    async def test_messages_stand_in_the_order_they_were_received_whoever_files_first(self, desk: DeskAtWork) -> None:
        stored = [await desk.store(a_message(word), received=timedelta(seconds=i)) for i, word in enumerate("abc")]
        for inbox_id in reversed(stored):
            await desk.file(inbox_id)
        async with desk.start() as uow:
            (row,) = await desk.rows("SELECT id FROM conversation")
            waiting = await uow.messages.waiting_for_triage(row.id)
        assert waiting is not None
        assert [message.text for message in waiting.messages] == ["a", "b", "c"]

    async def test_what_cannot_be_read_is_kept_with_the_reason_and_blocks_nobody(self, desk: DeskAtWork) -> None:
        await desk.file(await desk.store(b"\xff\x00 no JSON"))
        await desk.customer_writes()
        (row,) = await desk.rows("SELECT outcome, note, body FROM inbox WHERE outcome <> 'filed'")
        assert (row.outcome, row.note, bytes(row.body)) == ("unreadable", "The event is not JSON.", b"\xff\x00 no JSON")

    async def test_an_event_that_was_pruned_is_not_filed_again(self, desk: DeskAtWork) -> None:
        with pytest.raises(NotFound):
            await desk.file(123_456)

    async def test_words_in_any_script_come_through_unchanged(self, desk: DeskAtWork) -> None:
        words = "مرحبا 👩‍👩‍👧 \u202eabc\n" + "ä" * 4000
        await desk.customer_writes(words)
        (row,) = await desk.rows("SELECT text FROM message")
        assert row.text == words

    async def test_customers_keep_the_name_of_their_first_message(self, desk: DeskAtWork) -> None:
        await desk.customer_writes()
        (row,) = await desk.rows("SELECT name FROM customer")
        assert row.name == CUSTOMER  # the fake channel gives no names

    async def test_what_a_message_answers_is_quoted_if_it_is_of_the_same_conversation(self, desk: DeskAtWork) -> None:
        await desk.file(await desk.store(a_message("Not yours to read.", key="SM9", sender="+4915100000000")))
        await desk.file(await desk.store(a_message("My mug broke.", key="SM1") | {"name": "Anna"}))
        (first,) = await desk.rows("SELECT conversation_id AS id FROM message WHERE key = 'fake:SM1'")
        ticket = await desk.ticket(first.id, ben := await desk.person("Ben"))
        await desk.deliver(await desk.reply(ticket, ben, "Your refund is on its way."))
        (sent,) = await desk.rows("SELECT key FROM message WHERE direction = 'out'")
        for words, answered in (("a", sent.key.removeprefix("fake:")), ("b", "SM1"), ("c", "SM9"), ("d", "SM404")):
            await desk.file(await desk.store(a_message(words) | {"replies_to": answered}))
        await desk.customer_writes("e")
        await desk.understand(first.id)
        (newest,) = await desk.rows("SELECT id FROM ticket ORDER BY number DESC LIMIT 1")
        shown = await SqlRooms(desk.database, Playbooks()).begin_entries(newest.id, now=desk.now)
        assert {entry.text: (entry.answers, entry.answers_whose) for entry in shown if entry.text in "abcde"} == {
            "a": ("Your refund is on its way.", "Ben"),
            "b": ("My mug broke.", "Anna"),
            **dict.fromkeys("cde", (None, None)),
        }

    async def test_members_of_a_group_are_told_apart_wherever_their_words_stand(self, desk: DeskAtWork) -> None:
        def said(words: str, who: str, key: str, **more: str) -> dict[str, str]:
            return a_message(words, key=key) | {"name": "Olga's shop", "author": who.lower(), "author_name": who} | more

        await desk.file(await desk.store(said("My mug broke.", "Olga", "1")))
        await desk.file(await desk.store(said("Mine too!", "Ben", "2", replies_to="1"), received=timedelta(seconds=1)))
        edit = {
            "kind": "edit",
            "id": "3",
            "from": CUSTOMER,
            "to": OURS,
            "text": "",
            "author": "eve",
            "author_name": "Eve",
        }
        late = await desk.store(edit, received=timedelta(seconds=2))  # of a message that never came
        desk.now += timedelta(minutes=2)
        await desk.file(late)
        (talk,) = await desk.rows("SELECT id, is_group FROM conversation")
        assert talk.is_group
        async with desk.start() as uow:
            waiting = await uow.messages.waiting_for_triage(talk.id)
        assert waiting is not None
        assert [message.author for message in waiting.messages] == ["olga", "ben", "eve"]

        light = await SqlLightCards(desk.database, sure_enough=0.75).card(talk.id)
        assert light.last_words == "Olga: My mug broke.\nBen: Mine too!\nEve: 📎"
        await desk.understand(talk.id)
        (ticket,) = await desk.rows("SELECT id, customer_id FROM ticket")
        rooms = SqlRooms(desk.database, Playbooks())
        assert (await rooms.card(ticket.id)).last_words == "Eve: 📎"
        shown = await rooms.begin_entries(ticket.id, now=desk.now)
        assert [(entry.author, entry.group, entry.answers_whose) for entry in shown] == [
            ("Olga", "Olga's shop", None),
            ("Ben", "Olga's shop", "Olga"),
            ("Eve", "Olga's shop", None),
        ]
        profile = await SqlCustomers(desk.database, Playbooks()).profile(ticket.customer_id, now=desk.now)
        assert [message.author for message in profile.messages] == ["Eve", "Ben", "Olga"]
        assert profile.conversations[0].last_words == "Eve: 📎"
