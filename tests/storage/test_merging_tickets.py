"""Tickets are merged and parted again, over a real database: what is one issue goes on in one place, reversibly."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from storage.rooms import SqlRooms
from tests.factories import RULES, a_suggestion, after, an_issue
from tests.playbooks import RESOLVED
from tests.storage.desk import DeskAtWork
from ticketing.collaboration.due import remind_due
from ticketing.collaboration.merge import TicketMergeRefused
from ticketing.conversations.conversation import State
from ticketing.conversations.follow_tickets import follow_tickets
from ticketing.people.person import Person
from ticketing.tickets.changes import ChangedMeanwhile, TicketIsMerged
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def tickets(desk: DeskAtWork, mia: Person) -> list[Ticket]:
    """Three of one customer: the first in one conversation, the others in another."""
    first = await understood(desk, "My mug is broken, order 78932.")
    elsewhere = await desk.customer_writes("Another mug is broken.", sender="+4915199999999")
    await desk.rows_changed("UPDATE conversation SET customer_id = (SELECT customer_id FROM ticket LIMIT 1)")
    await desk.understand(elsewhere)
    third = await desk.ticket(elsewhere, mia, "Mugs")
    (second,) = await desk.rows("SELECT id FROM ticket WHERE conversation_id = :id AND number = 2", id=elsewhere)
    return [await read(desk, each) for each in (first, second.id, third.id)]


async def understood(desk: DeskAtWork, words: str) -> UUID:
    conversation = await desk.customer_writes(words)
    await desk.understand(conversation)
    (row,) = await desk.rows("SELECT id FROM ticket ORDER BY number DESC LIMIT 1")
    ticket_id: UUID = row.id
    return ticket_id


async def read(desk: DeskAtWork, ticket_id: UUID) -> Ticket:
    async with desk.start() as uow:
        return await uow.tickets.lock(ticket_id)


async def room(desk: DeskAtWork, ticket_id: UUID) -> list[str]:
    """The words of what stands in it; what left it is not there."""
    rows = await desk.rows(
        """
        SELECT coalesce(message.text, comment.text) AS words FROM room_entry
        LEFT JOIN message ON message.id = message_id LEFT JOIN comment ON comment.id = comment_id
        WHERE room_entry.ticket_id = :ticket AND room_entry.moved_to IS NULL
        """,
        ticket=ticket_id,
    )
    return sorted(row.words for row in rows)


async def seen_of(desk: DeskAtWork, tickets: Sequence[Ticket], by: Person) -> list[Any]:
    """All that merging may touch of each ticket, but its version and when it was changed."""
    seen: list[Any] = []
    for each in tickets:
        now = await read(desk, each.id)
        who = {watcher.id for watcher in await desk.desk.watchers(each.id, by=by)}
        rest = (now.status, now.merged_into, now.due_at, now.remind_at, now.moves_on_at, set(now.tags), now.is_live)
        seen.append((rest, who, await room(desk, each.id)))
    return seen


class Continues:
    """A brain for which a message goes on with the first ticket that is live."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        live = [each for each in burst.known if each.is_live]
        return a_suggestion(an_issue(burst, continues=live[0].id if live else None))


class TestMerging:
    async def test_one_goes_on_in_the_other_and_parted_both_are_what_they_were(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person, ben: Person
    ) -> None:
        one, two, _ = tickets
        await desk.desk.comment(two.id, "Ask the potter.", by=ben)
        await desk.desk.watch(one.id, by=mia)
        await desk.desk.watch(two.id, by=mia)
        await desk.desk.watch(two.id, by=ben)
        await desk.desk.tag(one.id, add=["vip"], by=mia)
        await desk.desk.tag(two.id, add=["vip", "fragile"], by=mia)
        before = await seen_of(desk, tickets, mia)

        preview = await desk.desk.preview_ticket_merge(one.id, two.id, by=mia)
        assert (len(preview.brought.messages), len(preview.brought.comments)) == (1, 1)
        assert preview.brought.tags == ("fragile",)
        assert preview.brought.watchers == {ben.id}
        assert preview.other_conversation
        for _ in range(2):
            await desk.desk.merge_tickets(one.id, two.id, by=mia, seen=preview.seen)
        survivor, absorbed = await read(desk, one.id), await read(desk, two.id)
        assert survivor.tags == ("vip", "fragile")
        assert (absorbed.merged_into, absorbed.is_live, absorbed.status) == (one.id, False, two.status)
        texts = ["Another mug is broken.", "Ask the potter.", "My mug is broken, order 78932."]
        assert await room(desk, one.id) == texts
        assert await room(desk, two.id) == texts[:2]
        assert {each.name for each in await desk.desk.watchers(one.id, by=mia)} == {"Mia", "Ben"}
        for act in (
            desk.desk.change_status(two.id, RESOLVED, by=mia),
            desk.desk.reply(two.id, "Hello", by=mia, request="r"),
            desk.desk.tag(two.id, add=["late"], by=mia),
        ):
            with pytest.raises(TicketIsMerged, match="was merged into another one"):
                await act

        for _ in range(2):
            await desk.desk.unmerge_ticket(two.id, by=ben)
        assert await seen_of(desk, tickets, mia) == before
        kinds = await desk.rows("SELECT stream_id, kind FROM activity WHERE kind LIKE 'ticket.%merged' ORDER BY at, id")
        assert {(row.stream_id, row.kind) for row in kinds} == {
            (each.id, kind) for each in (one, two) for kind in ("ticket.merged", "ticket.unmerged")
        }
        assert len(kinds) == 4
        assert await desk.broken_chains() == []

    async def test_what_its_customer_writes_next_goes_to_the_survivor_and_stays_there(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person
    ) -> None:
        one, two, three = tickets
        await desk.desk.merge_tickets(two.id, three.id, by=mia)
        await desk.desk.merge_tickets(one.id, two.id, by=mia)  # a chain: 3 in 2 in 1
        conversation = await desk.customer_writes("Still broken!", sender="+4915199999999")
        assert conversation == two.conversation_id
        await desk.understand(conversation, Continues())
        assert await desk.count("ticket") == 3
        assert "Still broken!" in await room(desk, one.id)
        await desk.desk.comment(three.id, "Written below the old card.", by=mia, source="slack:C1:1", in_thread=True)
        assert "Written below the old card." in await room(desk, one.id)

        await desk.desk.unmerge_ticket(two.id, by=mia)
        meanwhile = {"Still broken!", "Written below the old card."}
        assert meanwhile <= set(await room(desk, one.id))
        assert not meanwhile & set(await room(desk, two.id))
        assert (await read(desk, three.id)).merged_into == two.id
        again = await desk.customer_writes("And now?", sender="+4915199999999")
        await desk.understand(again, Continues())
        assert "And now?" in await room(desk, two.id)
        assert await desk.broken_chains() == []

    async def test_chains_come_apart_in_any_order_and_nothing_is_lost(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person, ben: Person
    ) -> None:
        one, two, three = tickets
        for each, word in zip(tickets, ("one", "two", "three"), strict=True):
            await desk.desk.comment(each.id, f"About {word}.", by=mia)
            await desk.desk.tag(each.id, add=[word, "mug"], by=mia)
        await desk.desk.watch(three.id, by=ben)
        before = await seen_of(desk, tickets, mia)
        await desk.desk.merge_tickets(two.id, three.id, by=mia)
        halfway = await seen_of(desk, tickets, mia)
        await desk.desk.merge_tickets(one.id, two.id, by=mia)
        assert {"About one.", "About two.", "About three."} <= set(await room(desk, one.id))

        await desk.desk.unmerge_ticket(three.id, by=mia)  # from the middle of it
        assert "About three." not in await room(desk, one.id)
        assert set((await read(desk, one.id)).tags) == {"one", "mug", "two"}
        assert await desk.desk.watchers(one.id, by=mia) == []
        await desk.desk.unmerge_ticket(two.id, by=mia)
        assert await seen_of(desk, tickets, mia) == before
        await desk.desk.merge_tickets(two.id, three.id, by=mia)
        assert await seen_of(desk, tickets, mia) == halfway

    async def test_what_two_have_brought_stays_until_both_are_parted(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person, ben: Person
    ) -> None:
        one, two, three = tickets
        for each in (two, three):
            await desk.desk.tag(each.id, add=["fragile"], by=mia)
            await desk.desk.watch(each.id, by=ben)
            await desk.desk.merge_tickets(one.id, each.id, by=mia)
        await desk.desk.unmerge_ticket(two.id, by=mia)
        assert (await read(desk, one.id)).tags == ("fragile",)
        assert [each.name for each in await desk.desk.watchers(one.id, by=mia)] == ["Ben"]
        await desk.desk.unmerge_ticket(three.id, by=mia)
        assert (await read(desk, one.id)).tags == ()
        assert await desk.desk.watchers(one.id, by=mia) == []

    async def test_of_two_opposite_merges_at_once_one_wins(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person
    ) -> None:
        one, two, _ = tickets
        done = await asyncio.gather(
            desk.desk.merge_tickets(one.id, two.id, by=mia),
            desk.desk.merge_tickets(two.id, one.id, by=mia),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in done) == ["Ticket", "TicketMergeRefused"]
        merged = [each for each in (await read(desk, one.id), await read(desk, two.id)) if each.merged_into]
        assert len(merged) == 1

    async def test_is_refused_where_something_would_be_forgotten(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person, ben: Person
    ) -> None:
        one, two, three = tickets
        stranger = await read(desk, await understood_of_a_stranger(desk))
        seen = (await desk.desk.preview_ticket_merge(one.id, two.id, by=mia)).seen
        await desk.desk.tag(one.id, add=["vip"], by=mia)
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.merge_tickets(one.id, two.id, by=mia, seen=seen)
        with pytest.raises(TicketMergeRefused, match="two customers"):
            await desk.desk.merge_tickets(one.id, stranger.id, by=mia)
        with pytest.raises(TicketMergeRefused, match="itself"):
            await desk.desk.merge_tickets(one.id, one.id, by=mia)
        await desk.reply(three, mia)
        with pytest.raises(TicketMergeRefused, match="A colleague has ticket #3"):
            await desk.desk.merge_tickets(two.id, three.id, by=ben)
        await desk.desk.change_status(three.id, RESOLVED, by=mia)
        with pytest.raises(TicketMergeRefused, match="what is owed would be forgotten"):
            await desk.desk.merge_tickets(three.id, two.id, by=mia)
        assert await desk.count("ticket_merge") == 0

    async def test_nothing_happens_to_it_by_itself_and_its_conversation_follows_the_survivor(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person
    ) -> None:
        one, two, three = tickets
        await desk.desk.assign(one.id, mia.id, by=mia)
        await desk.desk.assign(two.id, mia.id, by=mia)
        await desk.desk.set_due(two.id, after(60), by=mia)
        await desk.desk.merge_tickets(one.id, two.id, by=mia)
        await desk.desk.merge_tickets(one.id, three.id, by=mia)
        assert await remind_due(start=desk.start, now=after(61)) == 0
        await desk.desk.change_status(one.id, RESOLVED, by=mia)
        await follow_tickets(one.id, rules=RULES, start=desk.start, now=desk.now)
        async with desk.start() as uow:
            assert (await uow.conversations.get(two.conversation_id)).state is State.RESOLVED
        await desk.desk.unmerge_ticket(two.id, by=mia)
        await follow_tickets(two.id, rules=RULES, start=desk.start, now=desk.now)
        async with desk.start() as uow:
            assert (await uow.conversations.get(two.conversation_id)).state is State.OPEN
        assert (await read(desk, two.id)).remind_at == after(60)  # the desk's clock stands still

    async def test_people_are_prompted_below_the_survivor_but_not_once_it_is_another_customers_again(
        self, desk: DeskAtWork, tickets: list[Ticket], mia: Person
    ) -> None:
        one, two, three = tickets
        for absorbed in (two, three):
            await desk.desk.merge_tickets(one.id, absorbed.id, by=mia)
        await desk.rows_changed(
            "INSERT INTO ticket_card (ticket_id, channel, ts, again) VALUES (:id, 'C1', '1.1', false)", id=one.id
        )
        rooms = SqlRooms(desk.database, desk.playbooks)
        assert (await rooms.place_of(two.conversation_id)).ts == "1.1"
        for table, column in (("conversation", "id"), ("ticket", "conversation_id")):  # as undoing their merge does
            await desk.rows_changed(
                f"UPDATE {table} SET customer_id = (SELECT customer_id FROM identity WHERE address LIKE '%9999')"
                f" WHERE {column} = :id",
                id=two.conversation_id,
            )
        assert (await rooms.place_of(two.conversation_id)).ts is None


async def understood_of_a_stranger(desk: DeskAtWork) -> UUID:
    conversation = await desk.customer_writes("I have another matter.", sender="+4915155555555")
    await desk.understand(conversation)
    (row,) = await desk.rows("SELECT id FROM ticket WHERE conversation_id = :id", id=conversation)
    ticket_id: UUID = row.id
    return ticket_id


async def test_likely_duplicates_are_found_on_all_channels_and_merged_ones_are_not_offered(
    desk: DeskAtWork, tickets: list[Ticket], mia: Person
) -> None:
    one, two, _ = tickets
    found = await desk.desk.likely_duplicates(one.id, by=mia)
    assert [(each.ticket.number, each.why.split(",")[0]) for each in found] == [(2, "same kind of issue")]
    await desk.desk.merge_tickets(one.id, two.id, by=mia)
    assert await desk.desk.likely_duplicates(one.id, by=mia) == ()
