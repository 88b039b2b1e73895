"""Not a ticket, and Put back: what the AI opened for nothing is undone in one click, and so is that (SPEC 2.3)."""

from datetime import datetime
from uuid import UUID

from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets import changes
from ticketing.tickets.correct import locked, save_correction
from ticketing.tickets.ticket import Ticket
from ticketing.triage.correction import Correction


async def discard(ticket_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime) -> Ticket:
    """Its messages stay in the conversation, and nothing else is opened for them.

    Raises CorrectionRefused (a colleague was faster, or is at work on it with the customer), ChangedMeanwhile,
    PermissionRefused.
    """
    async with uow:
        ticket = await locked(ticket_id, uow)
        if ticket.discarded_at is not None:
            if ticket.discarded_by in (None, by.id):  # pressed twice, the first time counted
                return ticket
            faster = (await uow.people.get(ticket.discarded_by)).name
            raise changes.CorrectionRefused(f"{faster} has already said that ticket #{ticket.number} is none.")
        changes.require_unchanged(ticket, seen)
        answered = await uow.room.has_replies(ticket_id)
        change = changes.discard(ticket, by=person_acting(by), at=now, answered=answered)
        return await save_correction(change, Correction.NOT_A_TICKET, {"ticket_worthy": False}, by=by, uow=uow, now=now)


async def restore(ticket_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime) -> Ticket:
    """It is what it was before. Raises ChangedMeanwhile, PermissionRefused."""
    async with uow:
        ticket = await locked(ticket_id, uow)
        if ticket.discarded_at is None:  # somebody was faster: it is as it was wanted
            return ticket
        changes.require_unchanged(ticket, seen)
        change = changes.restore(ticket, by=person_acting(by), at=now)
        return await save_correction(change, Correction.RESTORED, {"ticket_worthy": True}, by=by, uow=uow, now=now)
