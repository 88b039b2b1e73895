"""Hand a ticket back to the AI, which had left it to people."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.events import TicketHandedBack
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


def handed_back(ticket: Ticket, *, by: Actor, at: datetime) -> Changed:
    """The AI may work on it again. Raises PermissionRefused, TicketIsDiscarded, TicketIsMerged."""
    if ticket.escalated_at is None:
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.HAND_BACK, ticket)
    record = Record("ticket.handed_back", by, at, {"escalated": ticket.escalated_at.isoformat()}, {"escalated": None})
    after = replace(ticket.touched(at), escalated_at=None)
    return Changed(after, record, TicketHandedBack(ticket_id=ticket.id, at=at))


async def hand_back(ticket_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime) -> Ticket:
    """Rules that still hold do not escalate it anew. Raises as `handed_back`, ChangedMeanwhile, NotFound."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        change = handed_back(ticket, by=person_acting(by), at=now)
        if change.record is not None:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        return await save_change(change, uow=uow)
