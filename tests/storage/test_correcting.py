"""What the AI got wrong is put right: it counts at once, can be taken back, and is kept as an example."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from core.errors import Refused
from tests.factories import a_suggestion, an_issue
from tests.playbooks import CLOSED, RESOLVED
from tests.storage.desk import DeskAtWork, Says
from ticketing.people.person import Person
from ticketing.tickets.changes import ChangedMeanwhile, CorrectionRefused, TicketIsDiscarded
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Priority, Suggestion, Vocabulary


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def conversation(desk: DeskAtWork) -> UUID:
    return await desk.customer_writes()


@pytest.fixture
async def ticket(desk: DeskAtWork, conversation: UUID) -> Ticket:
    """One that the AI opened and nobody has claimed."""
    await desk.understand(conversation)
    return await the_ticket(desk)


async def the_ticket(desk: DeskAtWork, number: int = 1) -> Ticket:
    (row,) = await desk.rows("SELECT id FROM ticket WHERE number = :number", number=number)
    async with desk.start() as uow:
        return await uow.tickets.lock(row.id)


async def known(desk: DeskAtWork, conversation: UUID) -> list[int]:
    """The numbers of the tickets that a brain is told of."""
    async with desk.start() as uow:
        return [each.number for each in await uow.tickets.known(conversation)]


async def records(desk: DeskAtWork) -> list[str]:
    return [row.kind for row in await desk.rows("SELECT kind FROM activity ORDER BY at, id")]


async def examples(desk: DeskAtWork) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    rows = await desk.rows('SELECT kind, said, "right" FROM correction ORDER BY id')
    return [(row.kind, row.said, row.right) for row in rows]


SAID = {"ticket_worthy": True, "type": "return", "category": "damaged", "intent": "damaged_item"}


class Waits:
    """A brain that takes its time: what it is asked waits until it may answer."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.times = 0

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        self.times += 1
        self.asked.set()
        await self.may_answer.wait()
        continues = burst.known[0].id if burst.known else None
        return a_suggestion(an_issue(burst, continues=continues))


async def each(*calls: Awaitable[Any]) -> list[Any]:
    """What each came to, at once; refusals as values."""
    return await asyncio.gather(*calls, return_exceptions=True)


class TestDiscard:
    async def test_it_counts_nowhere_and_its_messages_stay(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        discarded = await desk.desk.discard(ticket.id, by=mia, seen=ticket.version)

        assert (discarded.discarded_by, discarded.status) == (mia.id, ticket.status)
        assert await known(desk, conversation) == []
        assert await desk.desk.claim(conversation, by=mia) == []
        assert await desk.count("message") == 1
        assert (await desk.rows("SELECT version FROM conversation"))[0].version > 2

    async def test_what_the_customer_writes_next_is_a_new_ticket(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.discard(ticket.id, by=mia)
        await desk.customer_writes("The same again.")
        await desk.understand(conversation)
        assert await known(desk, conversation) == [2]

    async def test_a_resolved_one_that_was_none_is_not_reopened(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.claim(conversation, by=mia)
        await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
        await desk.desk.discard(ticket.id, by=mia)
        await desk.customer_writes("Thanks!")
        await desk.understand(conversation, Says(a_suggestion(worthy=False)))
        assert "reopen.declined" not in await records(desk)

    async def test_a_brain_that_was_thinking_of_it_is_asked_again(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        await desk.customer_writes("Any news?")
        brain = Waits()
        thinking = asyncio.create_task(desk.understand(conversation, brain))
        await brain.asked.wait()
        await desk.desk.discard(ticket.id, by=mia)
        brain.may_answer.set()
        await thinking
        assert (brain.times, await known(desk, conversation)) == (2, [2])

    async def test_nothing_can_be_done_with_it_until_it_is_put_back(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.assign(ticket.id, mia.id, by=mia)
        await desk.desk.discard(ticket.id, by=mia)
        at_work = desk.desk
        for attempt in (
            at_work.change_status(ticket.id, RESOLVED, by=mia),
            at_work.set_priority(ticket.id, Priority.LOW, by=mia),
            at_work.change_type(ticket.id, "complaint", "other", by=mia),
            at_work.reply(ticket.id, "Hello", by=mia, request="1"),
        ):
            with pytest.raises(TicketIsDiscarded, match="Put it back first"):
                await attempt

    async def test_of_two_at_once_one_does_it_and_the_other_is_told_by_whom(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        done = await each(*(desk.desk.discard(ticket.id, by=by, seen=ticket.version) for by in (mia, ben)))
        (lost,) = [result for result in done if isinstance(result, Refused)]
        faster = mia if isinstance(done[0], Ticket) else ben
        assert lost.message == f"{faster.name} has already said that ticket #1 is none."
        assert (await records(desk)).count("ticket.discarded") == 1

    async def test_pressed_twice_is_once(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        await each(*(desk.desk.discard(ticket.id, by=mia, seen=ticket.version) for _ in range(5)))
        assert (await records(desk)).count("ticket.discarded") == 1
        assert await desk.count("correction") == 1
        assert await desk.broken_chains() == []

    async def test_one_that_changed_meanwhile_is_looked_at_again_first(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        await desk.desk.claim(conversation, by=ben)
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.discard(ticket.id, by=mia, seen=ticket.version)

    async def test_one_on_which_a_colleague_has_written_to_the_customer_is_theirs_to_discard(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        await desk.desk.claim(conversation, by=ben)
        await desk.reply(ticket, ben)
        with pytest.raises(CorrectionRefused, match="take it over"):
            await desk.desk.discard(ticket.id, by=mia)
        assert (await desk.desk.discard(ticket.id, by=ben)).discarded_by == ben.id


class TestRestore:
    async def test_it_is_what_it_was(self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person) -> None:
        await desk.desk.discard(ticket.id, by=mia)
        restored = await desk.desk.restore(ticket.id, by=mia)
        assert (restored.status, restored.assignee_id, restored.discarded_at) == (ticket.status, None, None)
        assert await known(desk, conversation) == [1]
        assert (await records(desk))[-2:] == ["ticket.discarded", "ticket.restored"]
        assert await desk.broken_chains() == []

    async def test_putting_back_what_is_back_changes_nothing(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        discarded = await desk.desk.discard(ticket.id, by=mia)
        await each(*(desk.desk.restore(ticket.id, by=by, seen=discarded.version) for by in (mia, ben, mia)))
        assert (await records(desk)).count("ticket.restored") == 1

    async def test_an_old_button_does_not_put_back_what_was_discarded_anew(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        first = await desk.desk.discard(ticket.id, by=mia)
        await desk.desk.restore(ticket.id, by=mia, seen=first.version)
        await desk.desk.discard(ticket.id, by=ben)
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.restore(ticket.id, by=mia, seen=first.version)


class TestChangeType:
    async def test_type_and_category_change_and_the_status_stays(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        changed = await desk.desk.change_type(ticket.id, "complaint", "billing", by=mia)
        assert await the_ticket(desk) == changed
        assert (changed.type, changed.category, changed.status) == ("complaint", "billing", ticket.status)
        (row,) = await desk.rows("SELECT before, after FROM activity WHERE kind = 'type.changed'")
        assert row.before == {"type": "return", "category": "damaged"}
        assert row.after == {"type": "complaint", "category": "billing"}

    async def test_of_two_at_once_one_wins_and_the_other_looks_again(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        wanted = {mia: "complaint", ben: "case_follow_up"}
        done = await each(
            *(
                desk.desk.change_type(ticket.id, kind, "billing", by=by, seen=ticket.version)
                for by, kind in wanted.items()
            )
        )
        assert {type(result) for result in done} == {Ticket, ChangedMeanwhile}

    async def test_pressed_twice_is_once(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        for _ in range(2):
            await desk.desk.change_type(ticket.id, "complaint", "billing", by=mia, seen=ticket.version)
        assert (await records(desk)).count("type.changed") == 1

    async def test_what_is_not_in_the_vocabulary_is_refused(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        with pytest.raises(CorrectionRefused):
            await desk.desk.change_type(ticket.id, "return", "moon", by=mia)


class TestExamples:
    async def test_each_correction_leaves_what_was_said_and_what_is_right(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.change_type(ticket.id, "complaint", "billing", by=mia)
        await desk.desk.discard(ticket.id, by=mia)
        await desk.desk.restore(ticket.id, by=mia)
        assert await examples(desk) == [
            ("retyped", SAID, {"ticket_worthy": True, "type": "complaint", "category": "billing"}),
            ("not_a_ticket", SAID, {"ticket_worthy": False}),
            ("restored", SAID, {"ticket_worthy": True}),
        ]
        (messages,) = {tuple(row.message_ids) for row in await desk.rows("SELECT message_ids FROM correction")}
        assert len(messages) == 1

    async def test_one_that_a_person_opened_teaches_the_brain_nothing(
        self, desk: DeskAtWork, conversation: UUID, mia: Person
    ) -> None:
        opened = await desk.ticket(conversation, mia)
        await desk.desk.discard(opened.id, by=mia)
        assert await examples(desk) == []

    async def test_of_two_issues_of_one_burst_each_has_its_own(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await desk.customer_writes("My mug is broken.")
        await desk.customer_writes("And where is my parcel?")

        class TwoIssues:
            async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
                first, second = ((message.id,) for message in burst.messages)
                return a_suggestion(
                    an_issue(burst, message_ids=first),
                    an_issue(burst, message_ids=second, category="shipping", intent="where_is_it"),
                )

        await desk.understand(conversation, TwoIssues())
        await desk.desk.discard((await the_ticket(desk, 2)).id, by=mia)
        (row,) = await desk.rows("SELECT said, text FROM correction JOIN message ON message.id = ANY(message_ids)")
        assert (row.said["category"], row.text) == ("shipping", "And where is my parcel?")


async def test_a_closed_ticket_can_be_discarded_and_comes_back_closed(
    desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
) -> None:
    await desk.desk.claim(conversation, by=mia)
    for status in (RESOLVED, CLOSED):
        await desk.desk.change_status(ticket.id, status, by=mia)
    await desk.desk.discard(ticket.id, by=mia)
    assert (await desk.desk.restore(ticket.id, by=mia)).status == CLOSED
