"""Which fields a ticket has now, and which of them have to be filled in. Pure; its last answers are kept.

A hidden field keeps its value, is never required, and counts as empty for all conditions: what nobody sees decides
nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from ticketing.fields.surroundings import NOT_ASKED, Surroundings
from ticketing.people.actor import Actor
from ticketing.playbook import facts
from ticketing.playbook.conditions import Condition, Context
from ticketing.playbook.fields import Field
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class InView:
    """The fields that are there, in the order in which they are asked for."""

    fields: tuple[Field, ...]
    required: frozenset[str]  # keys of those that have to be filled in
    context: Context  # what conditions about the ticket are asked with

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(field.key for field in self.fields)


# One use case asks about the same ticket at the same instant again and again; a run of the AI thirty times. All that an
# answer is made of are values that nobody changes: the same ones have the same answer.
_REMEMBERED = 128
_Of = tuple[Ticket, Playbook, Surroundings, Actor | None]
_remembered: OrderedDict[tuple[object, ...], tuple[InView, _Of]] = OrderedDict()


def in_view(
    ticket: Ticket,
    playbook: Playbook,
    *,
    now: datetime,
    around: Surroundings = NOT_ASKED,
    by: Actor | None = None,
) -> InView:
    """What is there for this ticket, as it stands. `by`: who looks, for conditions that ask."""
    asked: _Of = (ticket, playbook, around, by)
    key = (*map(id, asked), now)
    known = _remembered.get(key)
    if known is None:
        # Kept with what it is made of, so that nothing else gets their ids.
        known = _remembered[key] = (_looked(ticket, playbook, now, around, by), asked)
        if len(_remembered) > _REMEMBERED:
            _remembered.popitem(last=False)
    return known[0]


def _looked(ticket: Ticket, playbook: Playbook, now: datetime, around: Surroundings, by: Actor | None) -> InView:
    mine = fields_of(ticket.type, playbook)
    context = facts.context(
        ticket,
        playbook,
        now=now,
        channel=around.channel,
        team=around.team,
        customer=around.customer,
        issues=around.issues,
        open_hours=around.open_hours(ticket, now),
        sla=around.standing(now),
        actor=by,
    )
    there, context = _settled(mine, context)
    required = frozenset(field.key for field in there if _is_required(field, context))
    return InView(there, required, context)


def fields_of(type_key: str, playbook: Playbook) -> tuple[Field, ...]:
    """All fields of tickets of this type, hidden or not."""
    return tuple(playbook.fields[key] for key in playbook.type(type_key).fields)


def _settled(mine: tuple[Field, ...], context: Context) -> tuple[tuple[Field, ...], Context]:
    """Fields show by values of others, which may be hidden by then: looked at until nothing changes.

    A chain of n conditions is settled after n rounds. A circle, which playbooks may not have, never is: what flickers
    in it is hidden.
    """
    there, before = mine, mine
    for _ in range(len(mine) + 1):
        seen = _with_only(there, context)
        before, there = there, tuple(field for field in mine if _shows(field, seen))
        if there == before:
            return there, seen
    there = tuple(field for field in there if field in before)
    return there, _with_only(there, context)


def _with_only(there: tuple[Field, ...], context: Context) -> Context:
    keys = {field.key for field in there}
    values = {key: value if key in keys else None for key, value in context["fields"].items()}
    return {**context, "fields": values}


def _shows(field: Field, context: Context) -> bool:
    return field.show is None or field.show.holds(context, otherwise=False)


def _is_required(field: Field, context: Context) -> bool:
    if isinstance(field.required, Condition):
        return field.required.holds(context, otherwise=False)
    return field.required
