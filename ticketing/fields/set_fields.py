"""Somebody fills in a ticket's fields, a person or the AI (SPEC 3.3, 7.4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record
from ticketing.fields.change import Filled
from ticketing.fields.evidence import NOT_READ, Read
from ticketing.fields.give import give, keep_given, lock_for, look_around
from ticketing.fields.values import Raw
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.events import FieldsChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


async def set_fields(
    ticket_id: UUID,
    given: Mapping[str, Raw],
    *,
    by: Actor,
    read: Read = NOT_READ,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """By the keys of fields; None or "" empties one. What had been filled in by itself and is given back as it was is
    confirmed by that: from then on a person stands by it. `seen`: the ticket's version that was looked at.

    The AI fills in what is empty, or stale and confirmed by nobody, and says of each value where it was `read`.

    Raises FieldsRefused, FieldsMissing, ChangedMeanwhile, TicketIsDiscarded, TicketIsMerged, PermissionRefused,
    NotFound.
    """
    async with uow:
        ticket = await lock_for(ticket_id, read, uow=uow)
        require_standing(ticket)
        require(by, Act.SET_FIELDS if by.person else Act.FILL_FIELDS, ticket)
        playbook = await uow.playbook()
        around = await look_around(ticket, playbook, uow=uow)
        filled = await give(ticket, given, by=by, playbook=playbook, around=around, read=read, uow=uow, now=now)
        confirmed = await _confirmed(ticket, given, filled, uow) if by.person else []
        if filled.fields or confirmed:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        then = []
        if confirmed:
            after = filled.ticket if filled.fields else replace(ticket, version=ticket.version + 1, updated_at=now)
            record = Record("fields.confirmed", by, now, {}, {"fields": confirmed})
            event = None if filled.fields else FieldsChanged(ticket_id=ticket.id, at=now)
            then.append(Changed(after, record, event))
        changes = [*await keep_given(filled, by=by, confirmed=confirmed, read=read, uow=uow, now=now), *then]
        return await save_change(*changes, uow=uow) if changes else ticket


async def _confirmed(ticket: Ticket, given: Mapping[str, Raw], filled: Filled, uow: UnitOfWork) -> list[str]:
    """Of what was given back as it was, what nobody stood by until now."""
    same = sorted(key for key in given if key in ticket.fields and key not in filled.fields)
    if not same:
        return []
    sources = await uow.fields.sources(ticket.id)
    return [key for key in same if key in sources and sources[key].is_open]
