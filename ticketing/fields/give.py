"""Values that people give, alone or with a change of status: parts of use cases, inside their transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sla.calendar import ALWAYS_OPEN
from ticketing.fields.change import Filled, fill_in, parsed
from ticketing.fields.evidence import NOT_READ, Evidence, Read, require_evidence
from ticketing.fields.provenance import PERSON, FieldSource, free
from ticketing.fields.requirements import demands
from ticketing.fields.surroundings import NOT_ASKED, Surroundings, asked_by, conditions_about
from ticketing.fields.values import Raw
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.permissions import require_values
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.sla.keep import calendars_for
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import FieldsChanged
from ticketing.tickets.ticket import Ticket

_MACHINES = frozenset({ActorKind.AI, ActorKind.AUTOMATION})


async def look_around(ticket: Ticket, playbook: Playbook, *, uow: UnitOfWork) -> Surroundings:
    """What conditions about this ticket ask for beside it; nothing is read where none does."""
    return await look_for(conditions_about(ticket, playbook), ticket, playbook, uow=uow)


async def look_for(
    conditions: Iterable[Condition], ticket: Ticket, playbook: Playbook, *, uow: UnitOfWork
) -> Surroundings:
    """The same, for these conditions."""
    asked = asked_by(conditions)
    around = await uow.fields.surroundings(ticket.id) if asked.around else NOT_ASKED
    if asked.issues:
        around = replace(around, issues=await uow.tickets.count_open(ticket.conversation_id, ticket.customer_id))
    if asked.open_hours:
        policy = playbook.policies.get(playbook.type(ticket.type).sla or "")
        around = replace(around, calendar=playbook.calendars[policy.calendar] if policy else ALWAYS_OPEN)
    if asked.clocks and (level := (await uow.service_levels.of([ticket.id])).get(ticket.id)) is not None:
        around = replace(around, clocks=level.clocks, calendars=await calendars_for(level, playbook, uow))
    return around


async def give(
    ticket: Ticket,
    given: Mapping[str, Raw],
    *,
    by: Actor,
    playbook: Playbook,
    around: Surroundings,
    towards: str | None = None,
    read: Read = NOT_READ,
    over_guesses: bool = False,
    uow: UnitOfWork,
    now: datetime,
) -> Filled:
    """The ticket with what was given; nothing is saved yet. `towards`: the status that it is given for. What the
    transition there asks for, whoever may make it may give. `read`: where the AI has it from. `over_guesses`: it is
    known, and takes the place of what was read in a customer's words.

    Raises FieldsRefused, FieldsMissing, PermissionRefused, TicketIsDiscarded, TicketIsMerged.
    """
    if not given:
        return Filled(ticket)
    files = await _files(ticket, given, playbook, uow)
    rules = playbook.lifecycle(ticket.type)
    arrow = rules.transition(ticket.status, towards) if towards is not None else None
    filled = fill_in(
        ticket,
        parsed(given, ticket, playbook, files=files),
        by=by,
        at=now,
        playbook=playbook,
        around=around,
        towards=rules.status(arrow.to) if arrow is not None else None,
    )
    if not filled.fields:
        return filled
    wanted = demands(filled.ticket, arrow, playbook, now=now, around=around, by=by).fields if arrow is not None else ()
    empty = () if by.person else await _free(filled, ticket, uow, over_guesses=over_guesses)
    require_values(by, ticket, filled.fields, asked=[field.key for field in wanted], free=empty)
    require_evidence(filled.fields, read, await _said(ticket, read, uow), by=by, playbook=playbook)
    return filled


async def _free(filled: Filled, ticket: Ticket, uow: UnitOfWork, *, over_guesses: bool) -> Collection[str]:
    """What a machine may change of it: it empties nothing."""
    given = [key for key in filled.fields if key in filled.ticket.fields]
    return free(given, ticket, await uow.fields.sources(ticket.id), over_guesses=over_guesses)


async def _said(ticket: Ticket, read: Read, uow: UnitOfWork) -> Mapping[UUID, str]:
    messages = {each.message_id for each in read.values() if each.message_id is not None}
    return await uow.fields.said(ticket.id, messages) if messages else {}


async def lock_for(ticket_id: UUID, read: Read, *, uow: UnitOfWork) -> Ticket:
    """The ticket, locked; where something was read in its messages nobody edits them meanwhile."""
    if read:
        await uow.conversations.lock_of(ticket_id)
    return await uow.tickets.lock(ticket_id)


async def _files(ticket: Ticket, given: Mapping[str, Raw], playbook: Playbook, uow: UnitOfWork) -> Collection[UUID]:
    fields = (playbook.fields.get(key) for key, raw in given.items() if raw)
    if any(field is not None and field.kind is FieldKind.FILE for field in fields):
        return await uow.fields.files(ticket.id)
    return ()


async def keep_given(
    filled: Filled,
    *,
    by: Actor,
    confirmed: Sequence[str] = (),
    read: Read = NOT_READ,
    uow: UnitOfWork,
    now: datetime,
) -> list[Changed]:
    """Keep who stands by what was given, and the words of it; the changes that are still to be saved with the ticket.
    `confirmed`: fields that hold what they held, which somebody stands by now. Nobody stands by what a machine gave:
    where it has that from is kept instead (`read`).
    """
    ticket, settled = filled.ticket, [*filled.fields, *confirmed]
    if settled and by.kind in _MACHINES:
        found = [_source(key, filled, read.get(key), by, now) for key in filled.fields]
        await uow.fields.fill(ticket.id, found, filled.words, full=())  # `give` has seen that they are free
    elif settled:
        person = by.person.id if by.person else None
        source = PERSON if by.person else by.kind.value
        await uow.fields.settle(ticket.id, settled, filled.words, by=person, source=source, at=now)
    return changes_of(filled, at=now)


def _source(key: str, filled: Filled, read: Evidence | None, by: Actor, at: datetime) -> FieldSource:
    value = filled.ticket.fields[key]
    if read is None:
        return FieldSource(key, by.kind.value, at, value=value)
    return FieldSource(key, by.kind.value, at, None, value, read.message_id, read.words, read.confidence)


def changes_of(filled: Filled, *, at: datetime) -> list[Changed]:
    """As they are saved with the ticket: a record for each field, one event for all of them."""
    events = [FieldsChanged(ticket_id=filled.ticket.id, at=at), *[None] * len(filled.records)]
    return [Changed(filled.ticket, record, event) for record, event in zip(filled.records, events, strict=False)]
