"""What a form for a ticket's fields shows: those that are there, as it has been filled in so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.fields.change import Values, with_values
from ticketing.fields.give import look_around
from ticketing.fields.provenance import FieldSource
from ticketing.fields.refusals import ValueRefused
from ticketing.fields.values import Raw, parse
from ticketing.fields.visibility import fields_of, in_view
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.fields import Field, FieldKind
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import require_standing
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class FieldForm:
    ticket: Ticket  # as it is stored
    fields: tuple[Field, ...]  # that are there, in order
    others: tuple[Field, ...]  # that may come to be there
    sources: Mapping[str, FieldSource]  # where values came from


async def field_form(
    ticket_id: UUID, given: Mapping[str, Raw], *, by: Person, uow: UnitOfWork, now: datetime
) -> FieldForm:
    """`given`: what is filled in so far and not saved; what is wrong in it counts as empty.

    Raises PermissionRefused, TicketIsDiscarded, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        require_standing(ticket)
        require(actor, Act.SET_FIELDS, ticket)
        playbook = await uow.playbook()
        around = await look_around(ticket, playbook, uow=uow)
        mine = fields_of(ticket.type, playbook)
        drawn = with_values(ticket, _readable(mine, given), by=actor, at=now, playbook=playbook).ticket
        view = in_view(drawn, playbook, now=now, around=around, by=actor)
        others = tuple(field for field in mine if field not in view.fields)
        return FieldForm(ticket, view.fields, others, await uow.fields.sources(ticket_id))


def _readable(fields: tuple[Field, ...], given: Mapping[str, Raw]) -> Values:
    """Files are none of the values that others depend on here."""
    found = {}
    for field in fields:
        if field.key in given and field.kind is not FieldKind.FILE:
            try:
                found[field.key] = parse(field, given[field.key])
            except ValueRefused:
                found[field.key] = None
    return found
