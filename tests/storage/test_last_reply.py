"""What a light card tells of the last reply: that of this waiting, or an older one that still needs somebody."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.messages import Delivery
from storage.light_cards import SqlLightCards
from tests.factories import RULES, a_suggestion
from tests.storage.desk import DeskAtWork, Says
from ticketing.people.person import Person
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority

GREETING = Says(a_suggestion(worthy=False))
HOUR = timedelta(hours=1)


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person()


async def greets(desk: DeskAtWork) -> UUID:
    desk.now += HOUR
    conversation = await desk.customer_writes("Hi!")
    await desk.understand(conversation, GREETING)
    desk.now += HOUR
    return conversation


async def answered(desk: DeskAtWork, conversation: UUID, text: str, by: Person) -> UUID:
    await desk.desk.reply_to_conversation(conversation, text, by=by, request=text)
    return await desk.message(text)


async def told(desk: DeskAtWork, conversation: UUID) -> tuple[str, Delivery] | None:
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(conversation)
    return (card.reply.text, card.reply.delivery) if card.reply else None


async def test_the_newest_and_without_it_the_one_before(desk: DeskAtWork, mia: Person) -> None:
    desk.undo(HOUR)
    conversation = await greets(desk)
    await answered(desk, conversation, "First.", mia)
    desk.now += timedelta(minutes=1)
    second = await answered(desk, conversation, "Second.", mia)
    assert await told(desk, conversation) == ("Second.", Delivery.PENDING)
    await desk.desk.withdraw(second, by=mia)
    assert await told(desk, conversation) == ("First.", Delivery.PENDING)


@pytest.mark.parametrize(("delivery", "still"), [("read", False), ("failed", True), ("unknown", True)])
async def test_of_an_older_waiting_only_what_did_not_arrive(
    desk: DeskAtWork, mia: Person, delivery: str, still: bool
) -> None:
    conversation = await greets(desk)
    await answered(desk, conversation, "Hello!", mia)
    await desk.rows("UPDATE message SET delivery = :to WHERE direction = 'out' RETURNING id", to=delivery)
    assert await told(desk, conversation) == ("Hello!", Delivery(delivery))
    await desk.desk.resolve(conversation, by=mia)
    expected = ("Hello!", Delivery(delivery)) if still else None
    assert await told(desk, conversation) == expected
    await greets(desk)
    assert await told(desk, conversation) == expected


async def test_what_stands_in_a_tickets_room_is_told_there(desk: DeskAtWork, mia: Person) -> None:
    conversation = await greets(desk)
    await answered(desk, conversation, "Hello!", mia)
    await desk.rows("UPDATE message SET delivery = 'failed' WHERE direction = 'out' RETURNING id")
    await desk.desk.open_ticket(conversation, NewTicket("Mug", Priority.LOW), by=mia, request="f")
    assert await told(desk, conversation) is None
