"""Change a ticket's priority."""

from datetime import datetime
from uuid import UUID

from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets import changes
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


async def set_priority(
    ticket_id: UUID, to: Priority, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime
) -> Ticket:
    """Raises PermissionRefused, ChangedMeanwhile."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        if to is not ticket.priority:  # pressed twice, the first time counted
            changes.require_unchanged(ticket, seen)
        return await save_change(changes.set_priority(ticket, to, by=person_acting(by), at=now), uow=uow)
