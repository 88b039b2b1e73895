"""Change a ticket's type and category. Where the new type follows another lifecycle, its status is mapped."""

from datetime import datetime
from uuid import UUID

from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets import changes
from ticketing.tickets.correct import locked, save_correction
from ticketing.tickets.ticket import Ticket
from ticketing.triage.correction import Correction, Labels


async def change_type(
    ticket_id: UUID,
    kind: str,
    category: str,
    *,
    by: Person,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """Raises CorrectionRefused (no such type or category), TicketIsDiscarded, ChangedMeanwhile, PermissionRefused."""
    async with uow:
        ticket = await locked(ticket_id, uow)
        if (kind, category) != (ticket.type, ticket.category):  # pressed twice, the first time counted
            changes.require_unchanged(ticket, seen)
        playbook = await uow.playbook()
        change = changes.change_type(ticket, kind, category, by=person_acting(by), at=now, playbook=playbook)
        right: Labels = {"ticket_worthy": True, "type": kind, "category": change.ticket.category}
        return await save_correction(change, Correction.RETYPED, right, by=by, uow=uow, now=now)
