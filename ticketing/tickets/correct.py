"""What all corrections of a ticket share: the order of locks, and the example that each of them leaves."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.conversations.save import other_newest_ticket
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket
from ticketing.triage.correction import Corrected, Correction, Labels


async def locked(ticket_id: UUID, uow: UnitOfWork) -> Ticket:
    """The ticket, locked after its conversation. Raises NotFound."""
    await uow.conversations.lock_of(ticket_id)
    return await uow.tickets.lock(ticket_id)


async def save_correction(
    change: Changed, kind: Correction, right: Labels, *, by: Person, uow: UnitOfWork, now: datetime
) -> Ticket:
    """Save the change and its example. A triage that is being worked out is worked out again: it knew another ticket.

    A ticket that no brain has said anything about leaves no example.
    """
    ticket = await save_change(change, uow=uow)
    if change.record is None:
        return ticket
    conversation = await uow.conversations.lock(ticket.conversation_id)
    await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    await other_newest_ticket(conversation.id, uow=uow, now=now)
    reading = await uow.corrections.reading_of_ticket(ticket.id)
    if reading is not None:
        await uow.corrections.add(Corrected(kind, conversation.id, ticket.id, reading, right, by, now))
    return ticket
