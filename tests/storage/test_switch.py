"""The AI switched off: nobody asks it, people get what customers write, and the record shows who did what when."""

from uuid import UUID

import pytest

from storage.queries.activity import entries
from tests.storage.desk import DeskAtWork
from ticketing.activity.record import Stream
from ticketing.people.register import DESK
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary


class NeverAsked:
    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        raise AssertionError("the AI was asked although it is off")


@pytest.fixture
async def conversation(desk: DeskAtWork) -> UUID:
    await desk.desk.switch_ai(on=False)
    return await desk.customer_writes("My mug is broken. Order 78932")


async def test_a_person_gets_the_burst_in_the_customers_words(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.understand(conversation, NeverAsked())
    (row,) = await desk.rows(
        "SELECT subject, trigger, ai_context.why FROM ticket JOIN ai_context ON ticket_id = ticket.id"
    )
    assert tuple(row) == ("My mug is broken. Order 78932", "ai_off", "The AI is switched off.")
    assert await desk.count("message WHERE NOT triaged") == 0


async def test_what_is_written_next_goes_on_with_the_one_live_ticket(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.understand(conversation, NeverAsked())
    await desk.customer_writes("Are you there?")
    await desk.understand(conversation, NeverAsked())
    assert await desk.count("ticket") == 1
    assert await desk.count("room_entry WHERE concerns") == 2


async def test_of_several_live_tickets_every_thread_shows_it(desk: DeskAtWork, conversation: UUID) -> None:
    mia = await desk.person("Mia")
    for subject in ("A mug", "A lamp"):
        await desk.ticket(conversation, mia, subject)
    await desk.understand(conversation, NeverAsked())
    assert await desk.count("ticket") == 2
    assert await desk.count("room_entry WHERE NOT concerns") == 2


async def test_switched_on_again_the_next_burst_is_understood(desk: DeskAtWork, conversation: UUID) -> None:
    await desk.desk.switch_ai(on=True)
    await desk.understand(conversation)
    assert await desk.count("ai_context WHERE trigger = 'triage'") == 1


async def test_each_turn_is_recorded_once(desk: DeskAtWork, conversation: UUID) -> None:
    assert not await desk.desk.switch_ai(on=False)
    assert await desk.desk.switch_ai(on=True)
    assert (await desk.desk.ai_switch()).is_on
    async with desk.engine.connect() as connection:
        found = await entries(connection, Stream("desk", DESK))
    assert [(entry.kind, entry.after) for entry in found] == [
        ("ai.switched", {"on": False}),
        ("ai.switched", {"on": True}),
    ]
    assert await desk.broken_chains() == []
