"""What the AI understood and did, as a ticket's card tells it: how it began, how it stands, what it filled in."""

from datetime import timedelta
from uuid import UUID

from storage.rooms import SqlRooms
from tests.factories import a_suggestion, an_issue
from tests.playbooks import InForce
from tests.storage.desk import DeskAtWork
from tests.storage.test_fields import PLAYBOOK
from ticketing.tickets.card import TicketCard
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Entity, Sentiment, Suggestion, Vocabulary


class Reads:
    """A brain for which every burst is about the one ticket, or opens it; it reads an order and how they sound."""

    def __init__(self, sentiment: Sentiment, *, confidence: float = 0.9) -> None:
        self.sentiment, self.confidence = sentiment, confidence

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        order = Entity("order", "789", "order 789", burst.messages[0].id)
        known = burst.known[0].id if burst.known else None
        issue = an_issue(burst, entities=(order,), continues=known)
        return a_suggestion(issue, sentiment=self.sentiment, confidence=self.confidence)


async def card(desk: DeskAtWork, ticket_id: UUID) -> TicketCard:
    return await SqlRooms(desk.database, desk.playbooks, clock=desk.clock).card(ticket_id)


async def opened(desk: DeskAtWork, brain: Reads) -> UUID:
    conversation = await desk.customer_writes("My mug of order 789 is broken.")
    await desk.understand(conversation, brain)
    (ticket,) = await desk.rows("SELECT id FROM ticket")
    ticket_id: UUID = ticket.id
    return ticket_id


async def test_of_one_burst_there_is_no_then_and_now(desk: DeskAtWork) -> None:
    desk.playbooks = InForce(PLAYBOOK)
    shown = await card(desk, await opened(desk, Reads(Sentiment.FRUSTRATED)))
    assert shown.understanding is not None
    assert (shown.understanding.sentiment_then, shown.understanding.times) == (None, 1)
    assert shown.understanding.opened_because is Trigger.TRIAGE
    assert [each.label for each in shown.fields if each.by_ai] == ["Order"]


async def test_of_several_it_tells_how_they_sounded_first_and_why_it_was_opened(desk: DeskAtWork) -> None:
    ticket = await opened(desk, Reads(Sentiment.FRUSTRATED, confidence=0.6))
    for sentiment in (Sentiment.NEUTRAL, Sentiment.UPSET):
        desk.now += timedelta(minutes=1)
        conversation = await desk.customer_writes("Where is order 789?")
        await desk.understand(conversation, Reads(sentiment))
    found = (await card(desk, ticket)).understanding
    assert found is not None
    assert (found.sentiment_then, found.sentiment, found.times) == (Sentiment.FRUSTRATED, Sentiment.UPSET, 3)
    assert (found.opened_because, found.trigger) == (Trigger.LOW_CONFIDENCE, Trigger.TRIAGE)


async def test_what_a_person_opened_or_confirmed_is_not_the_ais(desk: DeskAtWork) -> None:
    desk.playbooks = InForce(PLAYBOOK)
    mia = await desk.person()
    ticket = await desk.ticket(await desk.customer_writes("My mug of order 789 is broken."), mia)
    desk.now += timedelta(minutes=1)
    await desk.understand(ticket.conversation_id, Reads(Sentiment.NEUTRAL))
    found = (await card(desk, ticket.id)).understanding
    assert found is not None
    assert found.opened_because is None
    await desk.desk.claim(ticket.conversation_id, by=mia)
    await desk.desk.set_fields(ticket.id, {"order": "789"}, by=mia)
    assert [each.label for each in (await card(desk, ticket.id)).fields if each.by_ai] == []
