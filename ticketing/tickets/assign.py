"""Assign a ticket to a person of the desk."""

from datetime import datetime
from uuid import UUID

from ticketing.people.actor import person_acting
from ticketing.people.person import Person, still_here
from ticketing.ports import UnitOfWork
from ticketing.tickets import changes
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


async def assign(
    ticket_id: UUID, to: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime
) -> Ticket:
    """`to` is a person's id. Raises PermissionRefused, ChangedMeanwhile, NotFound (nobody who is here)."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        if to != ticket.assignee_id:  # pressed twice, the first time counted
            changes.require_unchanged(ticket, seen)
        person = still_here(await uow.people.get(to))
        return await save_change(changes.assign(ticket, person, by=person_acting(by), at=now), uow=uow)
