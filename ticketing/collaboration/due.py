"""The due date: a promise made by hand, of which people are reminded when it comes (SPEC 2.2)."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.events import DueCame, TicketChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


class DueRefused(Refused):
    """What has been promised lies in the future."""


def promise(ticket: Ticket, due: datetime | None, *, by: Actor, at: datetime) -> Changed:
    """Promise the ticket for `due`, or take the promise back. Raises DueRefused, PermissionRefused."""
    if due == ticket.due_at:
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.SET_DUE, ticket)
    if due is not None and due <= at:
        raise DueRefused("That moment has passed already. Choose one that is still to come.")
    record = Record("due.changed", by, at, {"due": _text(ticket.due_at)}, {"due": _text(due)})
    after = replace(ticket.touched(at), due_at=due, remind_at=due)
    return Changed(after, record, TicketChanged(ticket_id=ticket.id, at=at))


async def set_due(
    ticket_id: UUID,
    due: datetime | None,
    *,
    by: Person,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """Raises as `promise`, ChangedMeanwhile, NotFound."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        if due != ticket.due_at:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        return await save_change(promise(ticket, due, by=person_acting(by), at=now), uow=uow)


async def remind_due(*, start: StartWork, now: datetime) -> int:
    """Remind people of every ticket whose due date has come; of how many."""
    return await sweep(
        lambda uow, skip, most: uow.tickets.to_remind(now, skip=skip, most=most),
        partial(_remind_if_due, now=now),
        start=start,
    )


async def _remind_if_due(ticket_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    """The promise of a ticket that is settled has been kept: nobody is reminded."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        due = ticket.remind_at
        if due is None or due > now:
            return False
        await uow.tickets.save(replace(ticket, remind_at=None))
        owed = ticket.is_live and ticket.discarded_at is None
        if owed:
            record = Record("due.came", SYSTEM, now, {}, {"due": _text(due)})
            await uow.activity.append(Stream("ticket", ticket_id), [record])
            uow.emit(DueCame(ticket_id=ticket_id, due=due, at=now))
        return owed


def _text(due: datetime | None) -> str | None:
    return due.isoformat() if due else None
