"""A ticket that a person opens begins with what a brain has read already, where no other ticket has it."""

from datetime import timedelta
from uuid import UUID

from tests.factories import a_suggestion, an_entity, an_issue
from tests.playbooks import with_fields
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, Says, a_message
from ticketing.playbook.fields import Field, FieldKind, Fill, Source
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary

ORDER = Field("order", "Order", FieldKind.TEXT, fill=(Fill(Source.ENTITY, "order"),))
MOOD = Field("mood", "Mood", FieldKind.TEXT, fill=(Fill(Source.SENTIMENT),))


class Reads:
    """A brain that finds order 789, and sees a ticket in it or does not."""

    def __init__(self, *, worthy: bool) -> None:
        self.worthy = worthy

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        issue = an_issue(burst, entities=(an_entity(burst, value="789", words="789"),))
        return a_suggestion(issue, worthy=self.worthy)


async def conversation(desk: DeskAtWork, *, worthy: bool = False) -> UUID:
    """Of a customer who has named order 789, which was understood."""
    desk.follow(with_fields(ORDER, MOOD))
    await desk.file(await desk.store(a_message("And 789?", key="M1")))
    (row,) = await desk.rows("SELECT id FROM conversation")
    conversation_id: UUID = row.id
    await desk.understand(conversation_id, Reads(worthy=worthy))
    return conversation_id


async def opened(desk: DeskAtWork, conversation_id: UUID) -> Ticket:
    return await desk.ticket(conversation_id, await desk.person())


async def test_what_no_ticket_has_taken_up_fills_it_with_where_it_comes_from(desk: DeskAtWork) -> None:
    place = await conversation(desk)
    await desk.customer_writes("Hello?")
    await desk.understand(place, Says(a_suggestion(worthy=False)))  # says nothing more of it
    ticket = await opened(desk, place)
    assert dict(ticket.fields) == {"order": "789", "mood": "frustrated"}
    async with desk.start() as uow:
        found = (await uow.fields.sources(ticket.id))["order"]
    (message,) = await desk.rows("SELECT id FROM message WHERE text = 'And 789?'")
    assert (found.source, found.words, found.message_id, found.is_open) == ("entity", "789", message.id, True)


async def test_what_another_ticket_is_about_does_not_until_that_was_no_ticket(desk: DeskAtWork) -> None:
    place = await conversation(desk, worthy=True)
    assert dict((await opened(desk, place)).fields) == {}
    mia = await desk.person("Ben")
    (first,) = await desk.rows("SELECT id FROM ticket WHERE reporter = 'ai'")
    await desk.desk.discard(first.id, by=mia)
    assert dict((await opened(desk, place)).fields) == {"order": "789", "mood": "frustrated"}


async def test_what_its_customer_has_changed_since_does_not(desk: DeskAtWork) -> None:
    place = await conversation(desk)
    desk.now += timedelta(minutes=1)
    await desk.file(await desk.store({"kind": "edit", "id": "M1", "from": CUSTOMER, "to": OURS, "text": "And 788?"}))
    assert dict((await opened(desk, place)).fields) == {}
