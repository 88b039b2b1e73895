"""Saving a change: the ticket, its activity record and its event stand and fall together."""

from ticketing.activity.record import Stream
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.ticket import Ticket


async def save_change(*changes: Changed, uow: UnitOfWork) -> Ticket:
    """Save one or more changes made one after another to the same, locked, ticket. Returns how it stands now."""
    ticket = changes[-1].ticket
    records = [change.record for change in changes if change.record is not None]
    if not records:
        return ticket
    await uow.tickets.save(ticket)
    await uow.activity.append(Stream("ticket", ticket.id), records)
    for change in changes:
        if change.event is not None:
            uow.emit(change.event)
    return ticket
