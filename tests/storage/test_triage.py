"""What a brain suggests becomes tickets, attributions and records, once, whatever happens meanwhile."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import ChannelUnavailable
from storage.queries.activity import entries
from tests.factories import RULES, a_suggestion, an_entity, an_issue
from tests.playbooks import IN_PROGRESS, RESOLVED, WAITING
from tests.storage.desk import ByItself, DeskAtWork, OneIssue, Says
from ticketing.activity.record import Stream
from ticketing.people.person import Person
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary
from ticketing.triage.understand import ROUNDS, Pace, StillMoving, understand


@pytest.fixture
async def conversation(desk: DeskAtWork) -> UUID:
    return await desk.customer_writes("My mug is broken.")


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


class Continues:
    """Everything goes on with this ticket."""

    def __init__(self, ticket_id: UUID) -> None:
        self.ticket_id = ticket_id

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return a_suggestion(an_issue(burst, continues=self.ticket_id))


class OnlyTheLast:
    """The issue stands in the last message; what came before is a greeting."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return a_suggestion(an_issue(burst, message_ids=(burst.messages[-1].id,)))


class Interrupted:
    """While it thinks, the customer writes again."""

    def __init__(self, desk: DeskAtWork, times: int) -> None:
        self.desk = desk
        self.times = times

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        if self.times:
            self.times -= 1
            await self.desk.customer_writes("And one more thing.")
        return await OneIssue().triage(burst, vocabulary)


class Nonsense:
    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return a_suggestion(an_issue(burst, type="aliens"))


async def test_a_new_issue_is_a_ticket_with_its_context_and_its_message(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.understand(conversation)
    (ticket,) = await desk.rows("SELECT id, number, subject, status, reporter, assignee_id FROM ticket")
    assert ticket[1:] == (1, "My mug is broken.", "open", "ai", None)
    assert await desk.count("ai_context WHERE trigger = 'triage'") == 1
    assert await desk.count("room_entry WHERE concerns AND needs_showing") == 1
    assert await desk.jobs() == ["MessageReceived", "TicketOpened"]


async def test_understanding_at_once_and_again_opens_one_ticket(desk: DeskAtWork, conversation: UUID) -> None:
    await asyncio.gather(*(desk.understand(conversation) for _ in range(6)))
    await desk.understand(conversation)
    assert (await desk.count("ticket"), await desk.count("triage"), await desk.count("ai_context")) == (1, 1, 1)


async def test_what_is_written_while_the_brain_thinks_is_understood_too(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.understand(conversation, Interrupted(desk, times=2))
    (row,) = await desk.rows("SELECT cardinality(message_ids) AS messages FROM triage")
    assert row.messages == 3
    assert await desk.count("message WHERE NOT triaged") == 0


async def test_a_conversation_that_never_rests_is_tried_again_later(desk: DeskAtWork, conversation: UUID) -> None:
    with pytest.raises(StillMoving) as moving:
        await desk.understand(conversation, Interrupted(desk, times=ROUNDS))
    assert moving.value.retry_after == 1
    assert await desk.count("ticket") == 0


async def _while_it_may_go_on(desk: DeskAtWork, conversation: UUID, message_id: UUID) -> None:
    """The job of this message, one second after the last one."""
    desk.now += timedelta(seconds=1)
    await understand(
        conversation,
        message_id=message_id,
        brain=OneIssue(),
        rules=RULES,
        pace=Pace(timedelta(seconds=3), timedelta(seconds=20)),
        reading=ByItself(desk.start),
        applying=ByItself(desk.start),
        clock=desk.clock,
    )


async def test_a_burst_that_goes_on_is_left_for_its_last_message(desk: DeskAtWork, conversation: UUID) -> None:
    (first,) = await desk.rows("SELECT id FROM message")
    await desk.customer_writes("And another thing.")
    await _while_it_may_go_on(desk, conversation, first.id)
    assert await desk.count("triage") == 0


async def test_the_last_message_comes_again_when_our_clock_is_behind(desk: DeskAtWork, conversation: UUID) -> None:
    """Its job comes once, when the burst is over by the clock that dated it."""
    (last,) = await desk.rows("SELECT id FROM message")
    with pytest.raises(StillMoving) as early:
        await _while_it_may_go_on(desk, conversation, last.id)
    assert early.value.retry_after == 2


async def test_nonsense_is_a_ticket_that_a_person_reads(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.understand(conversation, Nonsense())
    (row,) = await desk.rows("SELECT trigger, why FROM ai_context")
    assert (row.trigger, row.why) == ("brain_failed", "A person should read this: unknown ticket type 'aliens'.")


async def test_a_greeting_before_the_issue_shows_in_its_room_as_belonging_to_none(
    desk: DeskAtWork, conversation: UUID
) -> None:
    desk.now += timedelta(seconds=1)
    await desk.customer_writes("Order 78932, please help!")
    await desk.understand(conversation, OnlyTheLast())
    rows = await desk.rows(
        "SELECT message.text, concerns FROM room_entry JOIN message ON message.id = message_id ORDER BY message.at"
    )
    assert [tuple(row) for row in rows] == [("My mug is broken.", False), ("Order 78932, please help!", True)]


async def test_small_talk_shows_in_every_open_room_and_opens_none(
    desk: DeskAtWork, conversation: UUID, mia: Person
) -> None:
    open_tickets = [await desk.ticket(conversation, mia) for _ in range(2)]
    settled = await desk.ticket(conversation, mia)
    await desk.desk.change_status(settled.id, RESOLVED, by=mia)
    await desk.understand(conversation, Says(a_suggestion(worthy=False)))
    rows = await desk.rows("SELECT ticket_id, concerns FROM room_entry")
    assert {row.ticket_id: row.concerns for row in rows} == {ticket.id: False for ticket in open_tickets}


async def test_the_answer_moves_a_waiting_ticket_on_in_the_customers_name(
    desk: DeskAtWork, conversation: UUID, mia: Person
) -> None:
    ticket = await desk.ticket(conversation, mia)
    await desk.desk.change_status(ticket.id, WAITING, by=mia)
    await desk.understand(conversation, Continues(ticket.id))
    assert (await desk.rows("SELECT status FROM ticket"))[0].status == IN_PROGRESS
    async with desk.engine.connect() as connection:
        last = (await entries(connection, Stream("ticket", ticket.id)))[-1]
    assert (last.kind, last.actor_kind, last.after) == ("status.changed", "customer", {"status": IN_PROGRESS})


async def test_an_issue_that_is_back_reopens_its_ticket(desk: DeskAtWork, conversation: UUID, mia: Person) -> None:
    ticket = await desk.ticket(conversation, mia)
    await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
    await desk.understand(conversation, Continues(ticket.id))
    (row,) = await desk.rows("SELECT status, assignee_id, resolved_at FROM ticket")
    assert tuple(row) == (IN_PROGRESS, mia.id, None)


async def test_thanks_does_not_reopen_and_the_record_says_why(
    desk: DeskAtWork, conversation: UUID, mia: Person
) -> None:
    ticket = await desk.ticket(conversation, mia)
    await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
    await desk.understand(conversation, Says(a_suggestion(worthy=False, awaits_answer=False)))
    assert (await desk.rows("SELECT status FROM ticket"))[0].status == RESOLVED
    async with desk.engine.connect() as connection:
        last = (await entries(connection, Stream("ticket", ticket.id)))[-1]
    assert (last.kind, last.after["why"]) == ("reopen.declined", "the message asks for nothing")


async def test_who_held_settled_issues_does_not_hold_the_next_one_and_the_record_shows_it(
    desk: DeskAtWork, conversation: UUID, mia: Person
) -> None:
    await desk.understand(conversation)
    (first,) = await desk.desk.claim(conversation, by=mia)
    await desk.desk.change_status(first.id, RESOLVED, by=mia)
    await desk.customer_writes("Where is my other order?")
    await desk.understand(conversation)
    rows = await desk.rows("SELECT assignee_id FROM ticket ORDER BY number")
    assert [row.assignee_id for row in rows] == [mia.id, None]
    async with desk.engine.connect() as connection:
        held = await entries(connection, Stream("conversation", conversation))
    assert [(entry.kind, entry.after) for entry in held] == [
        ("conversation.claimed", {"assignee": str(mia.id)}),
        ("conversation.released", {"assignee": None}),
    ]


async def test_a_second_issue_of_a_claimed_conversation_goes_to_whoever_holds_it(
    desk: DeskAtWork, conversation: UUID, mia: Person
) -> None:
    await desk.understand(conversation)
    await desk.desk.claim(conversation, by=mia)
    await desk.customer_writes("Where is my other order?")
    await desk.understand(conversation)
    assert [row.assignee_id for row in await desk.rows("SELECT assignee_id FROM ticket")] == [mia.id, mia.id]
    assert await desk.broken_chains() == []


async def test_who_has_left_gets_no_second_issue(desk: DeskAtWork, conversation: UUID, mia: Person) -> None:
    await desk.understand(conversation)
    await desk.desk.claim(conversation, by=mia)
    await desk.desk.retire(mia.email)
    await desk.customer_writes("Where is my other order?")
    await desk.understand(conversation)
    rows = await desk.rows("SELECT assignee_id FROM ticket ORDER BY number")
    assert [row.assignee_id for row in rows] == [mia.id, None]
    opened = await desk.rows("SELECT after FROM activity WHERE kind = 'ticket.opened' ORDER BY at")
    assert [row.after["assignee"] for row in opened] == [None, None]


async def test_the_order_of_an_earlier_issue_is_known_to_the_brain_later(desk: DeskAtWork) -> None:
    class Listening:
        heard: Burst | None = None

        async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
            self.heard = burst
            entities = (an_entity(burst),) if "78932" in burst.messages[0].text else ()
            return a_suggestion(an_issue(burst, entities=entities))

    brain = Listening()
    conversation = await desk.customer_writes("It is about order 78932.")
    await desk.understand(conversation, brain)
    await desk.customer_writes("Any news?")
    await desk.understand(conversation, brain)
    assert brain.heard is not None
    assert [(known.references, known.status_category) for known in brain.heard.known] == [(("78932",), "open")]


async def test_a_brain_that_is_away_leaves_the_message_for_later(desk: DeskAtWork, conversation: UUID) -> None:
    class Away:
        async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
            raise ChannelUnavailable("Overloaded.", retry_after=2)

    with pytest.raises(ChannelUnavailable):
        await desk.understand(conversation, Away())
    assert await desk.count("message WHERE NOT triaged") == 1
