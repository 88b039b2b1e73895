"""What a ticket needs before it may go to a status (SPEC 3.2, 3.3). Pure.

Three things ask for it: the status (`requires`), the transition (`requires`), and the fields themselves (`required`).
A required field binds when the ticket leaves the hands of the desk, that is on its way to a resolved or closed status:
until then a ticket may be opened and worked on with what is known of it. Where another one is asked for, what is
required because of it is asked for with it: whoever gives the resolution "refund" gives the amount. A field that is
hidden where the ticket is and where it goes is asked of nobody.

Beside fields there are names of what every ticket has: `category`, `priority`, `assignee`, `team`, and `note`, the
words that go with the change of status.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from ticketing.fields.surroundings import NOT_ASKED, Surroundings
from ticketing.fields.values import is_given
from ticketing.fields.visibility import in_view
from ticketing.people.actor import Actor
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field
from ticketing.playbook.lifecycle import Status, Transition
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket

NOTE = "note"
_BUILT_IN = {
    "category": "Category",
    "priority": "Priority",
    "assignee": "Assignee",
    "team": "Team",
    NOTE: "Note",
}


@dataclass(frozen=True, slots=True)
class Demands:
    """What a transition asks for, given or not."""

    fields: tuple[Field, ...]  # in the type's order
    built_in: tuple[str, ...]  # of the names above
    missing: tuple[tuple[str, str], ...]  # keys and labels of what is not there yet

    @property
    def note(self) -> bool:
        return NOTE in self.built_in


_NOTHING = Demands((), (), ())


def demands(
    ticket: Ticket,
    transition: Transition,
    playbook: Playbook,
    *,
    note: str = "",
    now: datetime,
    around: Surroundings = NOT_ASKED,
    by: Actor | None = None,
) -> Demands:
    """What it takes to go along this transition. `ticket` holds the values that are given with it already."""
    status = playbook.lifecycle(ticket.type).status(transition.to)
    named = {*status.requires, *transition.requires}
    mine = [playbook.fields[key] for key in playbook.type(ticket.type).fields]
    if not named and (status.category.is_live or not any(field.required for field in mine)):
        return _NOTHING  # most transitions: what fields show has not to be found out
    here = in_view(ticket, playbook, now=now, around=around, by=by)
    there = in_view(arrived(ticket, status, now), playbook, now=now, around=around, by=by)
    wanted = {key for key in named if key in here.keys | there.keys}
    wanted |= there.required if not status.category.is_live else _following(wanted, there.required, playbook)
    fields = tuple(field for field in mine if field.key in wanted)
    built_in = tuple(name for name in _BUILT_IN if name in named)
    missing = [(name, _BUILT_IN[name]) for name in built_in if not _has(ticket, name, note)]
    missing += [(field.key, field.label) for field in fields if not is_given(field, ticket.fields.get(field.key))]
    return Demands(fields, built_in, tuple(missing))


def _following(wanted: Collection[str], required: frozenset[str], playbook: Playbook) -> set[str]:
    """Of the fields that are required now, those that are because of one of the wanted; and so on."""
    found: set[str] = set()
    while more := {key for key in required - found if not asked_by(playbook.fields[key]).isdisjoint({*wanted, *found})}:
        found |= more
    return found


def asked_by(field: Field) -> frozenset[str]:
    """The fields that it depends on whether this one is required."""
    return field.required.fields if isinstance(field.required, Condition) else frozenset()


def shown_by(field: Field) -> frozenset[str]:
    """The fields that it depends on whether this one is there."""
    return field.show.fields if field.show is not None else frozenset()


def arrived(ticket: Ticket, status: Status, now: datetime) -> Ticket:
    """The ticket as conditions will see it in that status."""
    return replace(ticket, status=status.key, status_category=status.category, status_since=now)


def emptied(ticket: Ticket, keys: frozenset[str], playbook: Playbook, required: frozenset[str]) -> list[Field]:
    """Of fields that were just emptied, those that the ticket may not be without where it is."""
    status = playbook.lifecycle(ticket.type).status(ticket.status)
    binding = {*status.requires, *(required if not status.category.is_live else ())}
    return [playbook.fields[key] for key in playbook.type(ticket.type).fields if key in keys & binding]


def _has(ticket: Ticket, name: str, note: str) -> bool:
    match name:
        case "assignee":
            return ticket.assignee_id is not None
        case "team":
            return ticket.team_id is not None
        case "note":
            return bool(note.strip())
        case _:
            return bool(getattr(ticket, name))
