"""Change a ticket's status, through the one transition function."""

from datetime import datetime
from uuid import UUID

from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move, require_unchanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


async def change_status(
    ticket_id: UUID,
    to: str,
    *,
    by: Person,
    note: str = "",
    seen: int | None = None,
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """Raises TransitionRefused, PermissionRefused, ChangedMeanwhile."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        if to != ticket.status:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        return await save_change(move(ticket, to, by=person_acting(by), at=now, rules=rules, note=note), uow=uow)
