"""Conversations open, sleep, wait for people and are done with, over PostgreSQL, whatever comes twice or at once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from storage.light_cards import SqlLightCards
from storage.queries.activity import entries
from tests.factories import RULES, a_suggestion, an_issue
from tests.playbooks import IN_PROGRESS, RESOLVED
from tests.storage.desk import CUSTOMER, DeskAtWork, Says
from ticketing.activity.record import Stream
from ticketing.conversations.follow_tickets import follow_tickets
from ticketing.conversations.set_state import wake_due
from ticketing.people.person import Person
from ticketing.tickets.changes import CarriedByTicket
from ticketing.tickets.open_ticket import NewTicket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Priority, Suggestion, Triager, Vocabulary

HOUR = timedelta(hours=1)
HELLO = Says(a_suggestion(worthy=False, why="Only a greeting."))
THANKS = Says(a_suggestion(worthy=False, awaits_answer=False))


class Doubts:
    """A brain that is not sure, and says what it might be about."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return a_suggestion(an_issue(burst), worthy=False, confidence=0.6)


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


async def greeted(desk: DeskAtWork, brain: Triager = HELLO) -> UUID:
    """A conversation that waits for people."""
    conversation = await desk.customer_writes("Hi there!")
    await desk.understand(conversation, brain)
    return conversation


async def state(desk: DeskAtWork) -> tuple[str, bool]:
    """Of the only conversation: its state, and whether people are to answer it."""
    (row,) = await desk.rows("SELECT state, awaiting_since IS NOT NULL AS waits FROM conversation")
    return row.state, row.waits


async def recorded(desk: DeskAtWork, conversation: UUID) -> list[tuple[str, str]]:
    async with desk.engine.connect() as connection:
        return [
            (each.kind, each.actor_kind) for each in await entries(connection, Stream("conversation", conversation))
        ]


async def follow(desk: DeskAtWork, ticket_id: UUID) -> None:
    await follow_tickets(ticket_id, rules=RULES, start=desk.start, now=desk.now)


async def test_a_greeting_waits_for_people_and_opens_no_ticket(desk: DeskAtWork) -> None:
    conversation = await greeted(desk)
    assert await state(desk) == ("open", True)
    assert await desk.count("ticket") == 0
    assert await recorded(desk, conversation) == [("conversation.passed_to_people", "ai")]
    assert (await desk.rows("SELECT verdict FROM triage"))[0].verdict == "No ticket, passed to people: Only a greeting."


async def test_what_may_be_an_issue_waits_for_people_with_the_ticket_it_would_be(desk: DeskAtWork) -> None:
    conversation = await greeted(desk, Doubts())
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(conversation)
    assert card.needs_people
    assert card.unsure
    assert card.suggested is not None
    assert (card.suggested.subject, card.suggested.priority) == ("A broken mug", Priority.HIGH)


async def test_a_thanks_is_resolved_by_the_ai(desk: DeskAtWork) -> None:
    conversation = await greeted(desk, THANKS)
    assert await state(desk) == ("resolved", False)
    assert await recorded(desk, conversation) == [("conversation.resolved", "ai")]


async def test_an_ok_while_it_waits_for_people_changes_nothing_but_its_last_words(desk: DeskAtWork) -> None:
    conversation = await greeted(desk)
    await desk.customer_writes("ok")
    await desk.understand(conversation, THANKS)
    assert await state(desk) == ("open", True)
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(conversation)
    assert card.last_words == "Hi there!\nok"


async def test_the_next_message_opens_the_same_conversation_whatever_it_was(desk: DeskAtWork, mia: Person) -> None:
    conversation = await greeted(desk)
    await desk.desk.resolve(conversation, by=mia)
    assert await desk.customer_writes("One more thing") == conversation
    assert (await state(desk))[0] == "open"
    await desk.desk.snooze(conversation, desk.now + HOUR, by=mia)
    assert await desk.customer_writes("Are you there?") == conversation
    assert await state(desk) == ("open", False)
    assert (await recorded(desk, conversation))[-1] == ("conversation.reopened", "customer")
    assert await desk.broken_chains() == []


async def test_a_thanks_leaves_a_resolved_conversation_resolved(desk: DeskAtWork, mia: Person) -> None:
    conversation = await greeted(desk)
    await desk.desk.resolve(conversation, by=mia)
    await desk.customer_writes("thanks!")
    await desk.understand(conversation, THANKS)
    assert await state(desk) == ("resolved", False)


async def test_a_hello_beside_a_resolved_ticket_waits_for_people(desk: DeskAtWork, mia: Person) -> None:
    conversation = await desk.customer_writes()
    ticket = await desk.ticket(conversation, mia)
    await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
    await desk.understand(conversation, HELLO)
    assert await state(desk) == ("open", True)


class TestSnoozed:
    async def test_it_wakes_when_its_time_has_come_and_not_before(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await greeted(desk)
        await desk.desk.snooze(conversation, desk.now + HOUR, by=mia)
        assert await wake_due(start=desk.start, now=desk.now + HOUR - timedelta(seconds=1)) == 0
        assert await state(desk) == ("snoozed", True)
        assert await wake_due(start=desk.start, now=desk.now + HOUR) == 1
        assert await state(desk) == ("open", True)
        assert (await recorded(desk, conversation))[-1] == ("conversation.reopened", "system")

    async def test_several_clocks_at_once_wake_it_once(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await greeted(desk)
        await desk.desk.snooze(conversation, desk.now + HOUR, by=mia)
        woken = await asyncio.gather(*(wake_due(start=desk.start, now=desk.now + HOUR) for _ in range(4)))
        assert sum(woken) == 1
        assert [kind for kind, _ in await recorded(desk, conversation)].count("conversation.reopened") == 1
        assert await desk.broken_chains() == []

    async def test_somebody_wakes_it_earlier_and_waking_what_is_awake_changes_nothing(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        conversation = await greeted(desk)
        await desk.desk.snooze(conversation, desk.now + HOUR, by=mia)
        for _ in range(2):
            await desk.desk.wake(conversation, by=mia)
        assert await state(desk) == ("open", True)
        assert [kind for kind, _ in await recorded(desk, conversation)].count("conversation.reopened") == 1


class TestFollowsItsTickets:
    async def test_with_its_last_live_ticket_it_is_resolved(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await desk.customer_writes()
        await desk.understand(conversation)
        first, second = (await desk.desk.claim(conversation, by=mia))[0], await desk.ticket(conversation, mia)
        await desk.desk.change_status(first.id, RESOLVED, by=mia)
        await follow(desk, first.id)
        assert await state(desk) == ("open", False)
        await desk.desk.change_status(second.id, RESOLVED, by=mia)
        for _ in range(2):
            await follow(desk, second.id)
        assert await state(desk) == ("resolved", False)
        assert [kind for kind, _ in await recorded(desk, conversation)].count("conversation.resolved") == 1

    async def test_what_the_customer_wrote_meanwhile_is_understood_first(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await desk.customer_writes()
        ticket = await desk.ticket(conversation, mia)
        await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
        await follow(desk, ticket.id)
        assert await state(desk) == ("open", False)

    async def test_a_ticket_that_is_taken_up_again_opens_it(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await desk.customer_writes()
        await desk.understand(conversation)
        (ticket,) = await desk.desk.claim(conversation, by=mia)
        await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
        await follow(desk, ticket.id)
        await desk.desk.change_status(ticket.id, IN_PROGRESS, by=mia)
        await follow(desk, ticket.id)
        assert await state(desk) == ("open", False)


class TestATicketFromIt:
    async def test_takes_the_messages_that_led_to_it_and_the_waiting(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await greeted(desk)
        desk.now += HOUR
        await desk.desk.reply_to_conversation(conversation, "Hello Ada!", by=mia, request="r1")
        desk.now += HOUR
        await desk.customer_writes("It is about my mug.")
        opened = await desk.desk.open_ticket(conversation, NewTicket("Mug", Priority.LOW), by=mia, request="f1")
        again = await desk.desk.open_ticket(conversation, NewTicket("Mug", Priority.LOW), by=mia, request="f1")
        rows = await desk.rows(
            "SELECT text FROM room_entry JOIN message ON message.id = message_id ORDER BY message.at"
        )
        assert opened is not None
        assert again is None
        assert [row.text for row in rows] == ["Hi there!", "Hello Ada!", "It is about my mug."]
        assert await state(desk) == ("open", False)

    async def test_of_two_people_at_once_one_opens_it_and_the_other_is_told(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        conversation, ben = await greeted(desk), await desk.person("Ben")
        new = NewTicket("Mug", Priority.LOW)
        results = await asyncio.gather(
            *(
                desk.desk.open_ticket(conversation, new, by=who, request=f"f{who.name}", beside_others=False)
                for who in (mia, ben) * 2  # each of them twice
            ),
            return_exceptions=True,
        )
        assert await desk.count("ticket") == 1
        assert sum(isinstance(each, Ticket) for each in results) == 1
        assert sum(each is None for each in results) == 1
        assert {str(each) for each in results if isinstance(each, CarriedByTicket)} == {
            "Ticket #1 has been opened in this conversation. To open another one, choose “New ticket…” on its card."
        }

    async def test_is_what_it_is_resolved_with(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await greeted(desk)
        await desk.ticket(conversation, mia)
        with pytest.raises(CarriedByTicket, match="resolved with its ticket"):
            await desk.desk.resolve(conversation, by=mia)
        assert await state(desk) == ("open", False)

    async def test_that_the_ai_opens_has_them_as_what_led_to_it(self, desk: DeskAtWork, mia: Person) -> None:
        conversation = await greeted(desk)
        await desk.desk.claim(conversation, by=mia)
        desk.now += HOUR
        await desk.customer_writes("My mug is broken.")
        await desk.understand(conversation)
        rows = await desk.rows(
            "SELECT text, concerns FROM room_entry JOIN message ON message.id = message_id ORDER BY message.at"
        )
        assert [tuple(row) for row in rows] == [("Hi there!", False), ("My mug is broken.", True)]
        assert (await desk.rows("SELECT assignee_id FROM ticket"))[0].assignee_id == mia.id
        assert await state(desk) == ("open", False)


async def test_unticketed_lists_who_waits_longest_first_with_their_last_words(desk: DeskAtWork, mia: Person) -> None:
    first = await greeted(desk)
    desk.now += HOUR
    second = await desk.customer_writes("Hello?", sender="+4930111")
    await desk.understand(second, HELLO)
    await desk.desk.claim(second, by=mia)
    done = await desk.customer_writes("Hey", sender="+4930222")
    await desk.understand(done, HELLO)
    await desk.desk.resolve(done, by=mia)
    found = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).unticketed()
    assert [(each.conversation_id, each.last_words, each.assignee) for each in found] == [
        (first, "Hi there!", None),
        (second, "Hello?", "Mia"),
    ]
    assert found[0].address == CUSTOMER


async def test_what_waits_for_somebody_who_leaves_is_anybodys_and_its_card_is_drawn_anew(desk: DeskAtWork) -> None:
    mia, ben = await desk.person("Mia"), await desk.person("Ben")
    conversation = await greeted(desk)
    await desk.desk.claim(conversation, by=mia)
    jobs = (await desk.jobs()).count("ConversationChanged")
    await desk.desk.retire(mia.email)
    assert await desk.rows("SELECT assignee_id FROM conversation") == [(None,)]
    assert (await recorded(desk, conversation))[-1] == ("conversation.released", "system")
    assert (await desk.jobs()).count("ConversationChanged") == jobs + 1
    assert await desk.desk.claim(conversation, by=ben) == []
    assert await desk.broken_chains() == []
