"""Change a ticket's status, through the one transition function."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ticketing.approvals.load_gate import load_gate
from ticketing.fields.evidence import NOT_READ, Read
from ticketing.fields.give import give, keep_given, lock_for, look_around
from ticketing.fields.values import Raw
from ticketing.people.actor import Actor
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move, require_unchanged
from ticketing.tickets.save_move import save_move
from ticketing.tickets.ticket import Ticket

NOTHING: Mapping[str, Raw] = {}


async def change_status(
    ticket_id: UUID,
    to: str,
    *,
    by: Actor,
    note: str = "",
    given: Mapping[str, Raw] = NOTHING,
    read: Read = NOT_READ,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """`given` are values for fields, saved with it or not at all; `read`: where the AI has them from.

    Raises TransitionRefused, PermissionRefused, FieldsRefused, FieldsMissing (all that is asked for and is not there),
    ApprovalNeeded, ChangedMeanwhile.
    """
    async with uow:
        ticket = await lock_for(ticket_id, read, uow=uow)
        playbook = await uow.playbook()
        around = await look_around(ticket, playbook, uow=uow)
        filled = await give(
            ticket, given, by=by, playbook=playbook, around=around, towards=to, read=read, uow=uow, now=now
        )
        if to != ticket.status or filled.fields:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        gate = await load_gate(filled.ticket, to, by=by, uow=uow, now=now)
        moved = move(filled.ticket, to, by=by, at=now, playbook=playbook, note=note, around=around, gate=gate)
        first = await keep_given(filled, by=by, read=read, uow=uow, now=now)
        return await save_move(ticket, moved, first=first, rules=playbook.lifecycle(ticket.type), uow=uow, now=now)
