"""A message on the wrong ticket is put where it belongs; what it leaves says where it went."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound, Refused
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import RULES, a_suggestion, an_issue
from tests.playbooks import IN_PROGRESS, RESOLVED, WAITING
from tests.storage.desk import DeskAtWork
from ticketing.conversations.follow_tickets import follow_tickets
from ticketing.people.person import Person
from ticketing.tickets.card import RoomEntry
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary


class EachItsOwn:
    """A brain for which every message is an issue of its own; what begins with "Hello" is none."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        issues = [
            an_issue(burst, subject=each.text, message_ids=(each.id,), category=category, intent=each.text)
            for each, category in zip(burst.messages, ("damaged", "billing", "shipping"), strict=False)
            if not each.text.startswith("Hello")
        ]
        return a_suggestion(*issues, worthy=bool(issues))


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def mug(desk: DeskAtWork) -> Ticket:
    """#1, opened for "Mug"; beside it stands #2, for "Charge"."""
    conversation = await desk.customer_writes("Mug")
    await desk.customer_writes("Charge")
    await desk.understand(conversation, EachItsOwn())
    return await ticket(desk, 1)


@pytest.fixture
async def charge(desk: DeskAtWork, mug: Ticket) -> Ticket:
    return await ticket(desk, mug.number + 1)


async def ticket(desk: DeskAtWork, number: int) -> Ticket:
    (row,) = await desk.rows("SELECT id FROM ticket WHERE number = :number", number=number)
    async with desk.start() as uow:
        return await uow.tickets.lock(row.id)


async def room(desk: DeskAtWork, number: int) -> list[str]:
    """What the room of a ticket shows, oldest first: "(…)" is about the conversation, "→ #2" has gone."""
    rows = await desk.rows(
        "SELECT text, concerns, other.number AS gone FROM room_entry JOIN message ON message.id = message_id"
        " JOIN ticket ON ticket.id = ticket_id LEFT JOIN ticket AS other ON other.id = moved_to"
        " WHERE ticket.number = :number ORDER BY message.at, message.id",
        number=number,
    )
    return [f"{row.text} → #{row.gone}" if row.gone else row.text if row.concerns else f"({row.text})" for row in rows]


async def entry(desk: DeskAtWork, number: int, text: str) -> UUID:
    (row,) = await desk.rows(
        "SELECT room_entry.id FROM room_entry JOIN message ON message.id = message_id"
        " JOIN ticket ON ticket.id = ticket_id WHERE ticket.number = :number AND text = :text",
        number=number,
        text=text,
    )
    found: UUID = row.id
    return found


async def each(*calls: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*calls, return_exceptions=True)


async def shown(desk: DeskAtWork, of: Ticket) -> dict[str, RoomEntry]:
    """What is to be shown in a ticket's thread, by its words."""
    entries = await SqlRooms(desk.database, Playbooks()).begin_entries(of.id, now=desk.now)
    return {entry.text: entry for entry in entries}


class TestMove:
    async def test_it_leaves_one_room_with_a_trace_and_stands_in_the_other(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)

        assert (await room(desk, 1), await room(desk, 2)) == (["Mug → #2"], ["Mug", "Charge"])
        moved = (await shown(desk, mug))["Mug"]
        assert (moved.moved_to, moved.moved_by) == (2, "Mia")
        assert (await shown(desk, charge))["Mug"].moved_to is None

    async def test_both_tickets_keep_a_record_without_the_customers_words(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)

        rows = await desk.rows("SELECT stream_id, before, after, actor_name FROM activity WHERE kind = 'message.moved'")
        assert {row.stream_id for row in rows} == {mug.id, charge.id}
        for row in rows:
            assert (row.before, row.after["ticket"], row.actor_name) == ({"ticket": str(mug.id)}, str(charge.id), "Mia")
            assert set(row.after) == {"ticket", "message"}
        assert (await desk.jobs()).count("MessageMoved") == 2
        assert await desk.broken_chains() == []

    async def test_a_ticket_that_waited_for_the_customer_goes_on(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.claim(mug.conversation_id, by=mia)
        await desk.desk.change_status(charge.id, WAITING, by=mia)
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)

        assert (await ticket(desk, 2)).status == IN_PROGRESS
        (row,) = await desk.rows(
            "SELECT actor_kind FROM activity WHERE kind = 'status.changed' ORDER BY seq DESC LIMIT 1"
        )
        assert row.actor_kind == "customer"

    async def test_it_can_be_moved_back(self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person) -> None:
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)
        await desk.desk.move_message(await entry(desk, 2, "Mug"), mug.id, by=mia)
        assert (await room(desk, 1), await room(desk, 2)) == (["Mug"], ["Mug → #1", "Charge"])

    async def test_pressed_five_times_at_once_it_is_moved_once(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        where = await entry(desk, 1, "Mug")
        assert await each(*(desk.desk.move_message(where, charge.id, by=mia) for _ in range(5))) == [None] * 5
        assert await desk.count("correction") == 1

    async def test_of_two_who_move_it_at_once_one_is_told_where_it_is_now(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person, ben: Person
    ) -> None:
        where = await entry(desk, 1, "Mug")
        done = await each(
            desk.desk.move_message(where, charge.id, by=mia),
            desk.desk.split_message(where, by=ben),
        )
        (lost,) = [result for result in done if isinstance(result, Refused)]
        faster, number = ("Mia", 2) if done[0] is None else ("Ben", 3)
        assert lost.message == f"{faster} has already moved this message to #{number}. Move it from there."
        assert await desk.broken_chains() == []

    async def test_a_ticket_that_is_not_open_any_more_is_refused(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.claim(mug.conversation_id, by=mia)
        await desk.desk.change_status(charge.id, RESOLVED, by=mia)
        with pytest.raises(CorrectionRefused, match="Reopen it first"):
            await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)
        with pytest.raises(CorrectionRefused, match="no other open ticket"):
            await desk.desk.places_to_go(await entry(desk, 1, "Mug"), by=mia)

    async def test_a_ticket_of_another_customer_is_refused(self, desk: DeskAtWork, mug: Ticket, mia: Person) -> None:
        theirs = await desk.ticket(await desk.customer_writes("Other", sender="+491"), mia)
        with pytest.raises(CorrectionRefused):
            await desk.desk.move_message(await entry(desk, 1, "Mug"), theirs.id, by=mia)

    async def test_replies_and_what_does_not_exist_cannot_be_moved(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.reply(mug, mia, "Sorry")
        for where in (await entry(desk, 1, "Sorry"), uuid4()):
            with pytest.raises(NotFound):
                await desk.desk.move_message(where, charge.id, by=mia)

    async def test_it_can_leave_a_ticket_that_was_none(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.discard(mug.id, by=mia)
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)
        assert await room(desk, 2) == ["Mug", "Charge"]


class TestSplit:
    async def test_a_new_ticket_like_the_one_it_stood_on(
        self, desk: DeskAtWork, mug: Ticket, mia: Person, ben: Person
    ) -> None:
        await desk.desk.claim(mug.conversation_id, by=ben)
        new = await desk.desk.split_message(await entry(desk, 1, "Mug"), by=mia)

        assert (new.number, new.subject, new.reporter, new.assignee_id) == (3, "Mug", "agent", ben.id)
        assert (new.type, new.category, new.priority) == (mug.type, mug.category, mug.priority)
        assert (await room(desk, 1), await room(desk, 3)) == (["Mug → #3"], ["Mug"])

    async def test_of_a_ticket_that_somebody_left_behind_it_is_nobodys(
        self, desk: DeskAtWork, mug: Ticket, mia: Person, ben: Person
    ) -> None:
        await desk.desk.claim(mug.conversation_id, by=ben)
        await desk.desk.retire(ben.email)
        assert (await desk.desk.split_message(await entry(desk, 1, "Mug"), by=mia)).assignee_id is None

    async def test_pressed_five_times_at_once_it_is_one_ticket(
        self, desk: DeskAtWork, mug: Ticket, mia: Person
    ) -> None:
        where = await entry(desk, 1, "Mug")
        done = await each(*(desk.desk.split_message(where, by=mia) for _ in range(5)))
        assert sum(isinstance(result, Ticket) for result in done) == 1
        assert await desk.count("ticket") == 3

    async def test_from_a_settled_ticket_it_opens_the_conversation_again(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.claim(mug.conversation_id, by=mia)
        for settled in (mug, charge):
            await desk.desk.change_status(settled.id, RESOLVED, by=mia)
            await follow_tickets(settled.id, rules=RULES, start=desk.start, now=desk.now)
        assert [row.state for row in await desk.rows("SELECT state FROM conversation")] == ["resolved"]
        await desk.desk.split_message(await entry(desk, 1, "Mug"), by=mia)
        assert [row.state for row in await desk.rows("SELECT state FROM conversation")] == ["open"]
        assert await desk.broken_chains() == []

    async def test_discarded_again_it_teaches_that_the_message_was_no_ticket(
        self, desk: DeskAtWork, mug: Ticket, mia: Person
    ) -> None:
        new = await desk.desk.split_message(await entry(desk, 1, "Mug"), by=mia)
        await desk.desk.discard(new.id, by=mia)
        rows = await desk.rows('SELECT kind, "right", message_ids FROM correction ORDER BY id')
        assert [(row.kind, row.right["ticket_worthy"]) for row in rows] == [("split", True), ("not_a_ticket", False)]
        assert rows[0].message_ids == rows[1].message_ids


class TestRelease:
    async def test_every_open_ticket_shows_it_and_none_is_its_own(
        self, desk: DeskAtWork, mug: Ticket, mia: Person
    ) -> None:
        await desk.desk.release_message(await entry(desk, 1, "Mug"), by=mia)
        assert (await room(desk, 1), await room(desk, 2)) == (["(Mug)"], ["(Mug)", "Charge"])

    async def test_pressed_twice_is_once(self, desk: DeskAtWork, mug: Ticket, mia: Person) -> None:
        where = await entry(desk, 1, "Mug")
        await each(*(desk.desk.release_message(where, by=mia) for _ in range(5)))
        assert await desk.count("correction") == 1

    async def test_one_that_nobody_was_meant_by_can_become_a_tickets_own(
        self, desk: DeskAtWork, mug: Ticket, mia: Person
    ) -> None:
        """A greeting while two tickets were open stands in both rooms."""
        await desk.customer_writes("Hello")
        await desk.understand(mug.conversation_id, EachItsOwn())
        assert (await room(desk, 1), await room(desk, 2)) == (["Mug", "(Hello)"], ["Charge", "(Hello)"])

        await desk.desk.move_message(await entry(desk, 1, "Hello"), mug.id, by=mia)

        assert (await room(desk, 1), await room(desk, 2)) == (["Mug", "Hello"], ["Charge", "Hello → #1"])


class TestExamples:
    async def test_a_move_says_which_ticket_it_was_and_which_is_right(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)
        await desk.desk.release_message(await entry(desk, 2, "Mug"), by=mia)
        rows = await desk.rows('SELECT said, "right" FROM correction ORDER BY id')
        said = {"ticket_worthy": True, "type": "return", "category": "damaged", "intent": "Mug"}
        assert [row.said for row in rows] == [said | {"ticket": 1}, said | {"ticket": 2}]
        assert [row.right for row in rows] == [
            {"ticket": 2, "type": "return", "category": "billing"},
            {"ticket": None, "type": None, "category": None},
        ]


class TestWhatIsShown:
    async def test_a_message_knows_its_ticket_and_the_newest_other_open_ones(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        for subject in ("Third", "Fourth"):
            await desk.ticket(mug.conversation_id, mia, subject)
        await desk.desk.discard((await ticket(desk, 3)).id, by=mia)
        entry = (await shown(desk, mug))["Mug"]
        assert entry.ticket is not None
        assert (entry.ticket.number, entry.ticket.subject) == (1, "Mug")
        assert [(other.number, other.subject) for other in entry.others] == [(4, "Fourth"), (2, "Charge")]

    async def test_what_was_moved_is_not_what_a_reply_answers(
        self, desk: DeskAtWork, mug: Ticket, charge: Ticket, mia: Person
    ) -> None:
        await desk.desk.move_message(await entry(desk, 1, "Mug"), charge.id, by=mia)
        assert (await SqlRooms(desk.database, Playbooks()).card(mug.id)).last_words is None
