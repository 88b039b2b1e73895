"""Values of fields are set: pure, from a ticket and what is given to the ticket after it and its records."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record
from ticketing.approvals.beyond import has_gates, not_agreed
from ticketing.fields.provenance import KeptWords, recorded
from ticketing.fields.refusals import FieldsMissing, FieldsRefused, ValueRefused
from ticketing.fields.requirements import arrived, emptied
from ticketing.fields.surroundings import NOT_ASKED, Surroundings
from ticketing.fields.values import Raw, as_typed, is_given, parse, same
from ticketing.fields.visibility import in_view
from ticketing.people.actor import Actor
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.playbook.fields import Field
from ticketing.playbook.lifecycle import Status
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.changes import require_standing
from ticketing.tickets.ticket import Stored, Ticket

_AGREED = "where the ticket stands this needs the approval “{}”. Take the ticket back, and change it there."
Values = Mapping[str, Stored | None]  # by the key of the field; None: it is emptied


@dataclass(frozen=True, slots=True)
class Filled:
    """A ticket with other values. No records: it held them already."""

    ticket: Ticket
    records: tuple[Record, ...] = ()  # one a field
    words: tuple[KeptWords, ...] = ()  # of the texts in them
    fields: tuple[str, ...] = ()  # those that changed


def parsed(given: Mapping[str, Raw], ticket: Ticket, playbook: Playbook, *, files: Collection[UUID] = ()) -> Values:
    """What people gave, as it is stored. Raises FieldsRefused: everything that is wrong."""
    fields = {key: playbook.fields[key] for key in playbook.type(ticket.type).fields}
    values: dict[str, Stored | None] = {}
    problems: dict[str, tuple[str, str]] = {}
    for key, raw in given.items():
        if key not in fields:
            problems[key] = _no_such_field(key, ticket, playbook)
            continue
        stored = ticket.fields.get(key)
        if stored is not None and raw in (stored, as_typed(fields[key], stored)):
            values[key] = stored  # given back as it was, whatever has become of its field
            continue
        try:
            values[key] = parse(fields[key], raw, files=files)
        except ValueRefused as refusal:
            problems[key] = (fields[key].label, refusal.message)
    if problems:
        raise FieldsRefused(problems)
    return values


def fill_in(
    ticket: Ticket,
    values: Values,
    *,
    by: Actor,
    at: datetime,
    playbook: Playbook,
    around: Surroundings = NOT_ASKED,
    towards: Status | None = None,
) -> Filled:
    """The ticket with these values. Who may do it was asked before. `towards`: the status that they are given for,
    whose fields may be filled in already.

    Raises FieldsRefused (a field is not there, or was agreed to as it is), FieldsMissing (it may not be empty where the
    ticket is), TicketIsDiscarded, TicketIsMerged.
    """
    changed = {key: value for key, value in values.items() if not same(ticket.fields.get(key), value)}
    if not changed:
        return Filled(ticket)
    require_standing(ticket)
    after = _holding(ticket, changed, at)
    view = in_view(after, playbook, now=at, around=around, by=by)
    keys = view.keys
    if towards is not None:
        keys |= in_view(arrived(after, towards, at), playbook, now=at, around=around, by=by).keys
    _require_there(changed, keys, ticket, playbook)
    if rule := needed_for(ticket, changed, by=by, at=at, playbook=playbook, around=around, towards=towards):
        raise FieldsRefused({key: (playbook.fields[key].label, _AGREED.format(rule.label)) for key in changed})
    gone = frozenset(key for key, value in changed.items() if not is_given(playbook.fields[key], value))
    if left := emptied(after, gone, playbook, view.required):
        label = playbook.lifecycle(ticket.type).status(ticket.status).label
        raise FieldsMissing(f"A ticket in {label}", [(field.key, field.label) for field in left])
    return _with_records(ticket, after, [playbook.fields[key] for key in changed], by, at)


def needed_for(
    ticket: Ticket,
    values: Values,
    *,
    at: datetime,
    playbook: Playbook,
    by: Actor | None = None,
    around: Surroundings = NOT_ASKED,
    towards: Status | None = None,
) -> ApprovalRule | None:
    """The approval that these values would need where the ticket stands, beyond a gate. None: none."""
    if not has_gates(ticket, playbook):
        return None
    after = _holding(ticket, values, at)
    was, facts = (in_view(each, playbook, now=at, around=around, by=by).context for each in (ticket, after))
    return not_agreed(ticket, after, playbook, was=was, facts=facts, to=towards.key if towards else None)


def with_values(ticket: Ticket, values: Values, *, by: Actor, at: datetime, playbook: Playbook) -> Filled:
    """The same without asking whether the fields are there: they fill themselves."""
    return _with_records(ticket, _holding(ticket, values, at), [playbook.fields[key] for key in values], by, at)


def _holding(ticket: Ticket, changed: Values, at: datetime) -> Ticket:
    kept = {key: value for key, value in {**ticket.fields, **changed}.items() if value is not None}
    return replace(ticket, fields=kept, version=ticket.version + 1, updated_at=at)


def _with_records(before: Ticket, after: Ticket, fields: Collection[Field], by: Actor, at: datetime) -> Filled:
    records: list[Record] = []
    words: list[KeptWords] = []
    for field in fields:
        was, words_before = recorded(field, before.fields.get(field.key))
        now, words_after = recorded(field, after.fields.get(field.key))
        records.append(Record("field.changed", by, at, {field.key: was}, {field.key: now}))
        words += [kept for kept in (words_before, words_after) if kept is not None]
    return Filled(after, tuple(records), tuple(words), tuple(field.key for field in fields))


def _require_there(changed: Values, there: frozenset[str], ticket: Ticket, playbook: Playbook) -> None:
    """What is hidden can be emptied, and no more."""
    mine = playbook.type(ticket.type).fields
    problems = {key: _no_such_field(key, ticket, playbook) for key in changed if key not in mine}
    for key, value in changed.items():
        if key in mine and key not in there and value is not None:
            label = playbook.fields[key].label
            problems[key] = (label, "this is not asked for as the ticket stands now. Leave it empty.")
    if problems:
        raise FieldsRefused(problems)


def _no_such_field(key: str, ticket: Ticket, playbook: Playbook) -> tuple[str, str]:
    field = playbook.fields.get(key)
    kind = playbook.type(ticket.type).label
    return (field.label if field else repr(key[:40])), f"tickets of type {kind} have no such field."
