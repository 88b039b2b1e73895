"""Saving a change: the ticket, its clocks, its activity records and its events stand and fall together."""

from collections.abc import Sequence

from ticketing.activity.record import Record, Stream
from ticketing.people.actor import ActorKind
from ticketing.ports import UnitOfWork
from ticketing.sla.keep import keep_up
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import OutcomeChanged
from ticketing.tickets.ticket import Ticket


async def save_change(*changes: Changed, uow: UnitOfWork) -> Ticket:
    """Save one or more changes made one after another to the same, locked, ticket. Returns how it stands now.

    A move is saved with `save_move`.
    """
    ticket = changes[-1].ticket
    records = [change.record for change in changes if change.record is not None]
    if not records:
        return ticket
    now = await keep_up(ticket, records, uow=uow)
    await uow.tickets.save(ticket)
    await uow.activity.append(Stream("ticket", ticket.id), now.records, clocks=now.level if now.changed else None)
    for change in changes:
        if change.approval is not None:
            await uow.approvals.save(change.approval)
    for change in changes:
        if change.event is not None:
            uow.emit(change.event)
    if await _tells_of_the_ai(ticket, records, uow):
        uow.emit(OutcomeChanged(ticket_id=ticket.id, at=records[-1].at))
    return ticket


async def _tells_of_the_ai(ticket: Ticket, records: Sequence[Record], uow: UnitOfWork) -> bool:
    """Whether how good the AI is may be seen from it: somebody else has changed a ticket that it had opened, of a type
    where that counts.
    """
    if ticket.reporter != ActorKind.AI or all(each.actor.kind is ActorKind.AI for each in records):
        return False
    left = {str(each.before["type"]) for each in records if each.kind == "type.changed"}
    playbook = await uow.playbook()
    return any(playbook.type(key).ai.earns is not None for key in {ticket.type, *left})
