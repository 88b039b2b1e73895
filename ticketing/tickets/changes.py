"""Everything that changes a ticket, as pure functions: ticket and intention in, new ticket and its record out.

`move` is the one transition function: Slack, web, API, automations and AI all change a status here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Value
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Lifecycle, StatusCategory
from ticketing.tickets.events import (
    PriorityChanged,
    StatusChanged,
    TicketAssigned,
    TicketDiscarded,
    TicketEvent,
    TicketRestored,
    TypeChanged,
)
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority, Vocabulary


class TransitionRefused(Refused):
    """The lifecycle has no such transition."""


class ChangedMeanwhile(Refused):
    """The button or form was drawn from an older version, and what it would change has changed since."""


class TicketIsDiscarded(Refused):
    """Somebody said that it was no ticket."""


class CarriedByTicket(Refused):
    """What was to be done with a conversation without a ticket; meanwhile it has one."""


class CorrectionRefused(Refused):
    """The correction makes no sense here, or a colleague should make it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket after a change. No `record`: it already was so, and nothing has to be saved."""

    ticket: Ticket
    record: Record | None = None
    event: TicketEvent | None = None


def move(ticket: Ticket, to: str, *, by: Actor, at: datetime, rules: Lifecycle, note: str = "") -> Changed:
    """Put the ticket in status `to`. A customer's message moves a ticket only along `answered` and `reopened`.

    Raises TransitionRefused (no such transition), PermissionRefused (not theirs to make).
    """
    if to == ticket.status:
        return Changed(ticket)
    require_standing(ticket)
    if not rules.allows(ticket.status, to):
        names = ", ".join(status.label for status in rules.following(ticket.status)) or "nothing: it is final"
        here = rules.status(ticket.status).label
        there = next((status.label for status in rules.statuses if status.key == to), repr(to))
        raise TransitionRefused(f"A ticket cannot go from {here} to {there}. From {here} it can go to: {names}.")
    if not (by.kind is ActorKind.CUSTOMER and _is_answer(ticket, to, rules)):
        require(by, Act.CHANGE_STATUS, ticket)
    resolved = rules.status(to).category is StatusCategory.RESOLVED
    live = rules.status(to).category.is_live
    resolved_at = at if resolved else None if live else ticket.resolved_at
    after = replace(_touched(ticket, at), status=to, resolved_at=resolved_at)
    extra: dict[str, Value] = {"note": note} if note else {}
    record = Record("status.changed", by, at, {"status": ticket.status}, {"status": to, **extra})
    return Changed(after, record, StatusChanged(ticket_id=ticket.id, at=at))


def _is_answer(ticket: Ticket, to: str, rules: Lifecycle) -> bool:
    category = rules.status(ticket.status).category
    if category is StatusCategory.PENDING:
        return to == rules.answered
    return category is StatusCategory.RESOLVED and to == rules.reopened


def assign(ticket: Ticket, to: Person | None, *, by: Actor, at: datetime) -> Changed:
    """Make `to` the assignee, or nobody. Raises PermissionRefused."""
    to_id = to.id if to else None
    if to_id == ticket.assignee_id:
        return Changed(ticket)
    require_standing(ticket)
    taking = to is not None and by.id == to.id
    require(by, Act.ASSIGN_SELF if taking else Act.ASSIGN_OTHER, ticket)
    before = {"assignee": _text(ticket.assignee_id)}
    record = Record("ticket.assigned", by, at, before, {"assignee": _text(to_id), "name": to.name if to else None})
    return Changed(replace(_touched(ticket, at), assignee_id=to_id), record, TicketAssigned(ticket_id=ticket.id, at=at))


def set_priority(ticket: Ticket, to: Priority, *, by: Actor, at: datetime) -> Changed:
    """Raises PermissionRefused."""
    if to is ticket.priority:
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.SET_PRIORITY, ticket)
    record = Record("priority.changed", by, at, {"priority": ticket.priority.value}, {"priority": to.value})
    return Changed(replace(_touched(ticket, at), priority=to), record, PriorityChanged(ticket_id=ticket.id, at=at))


def change_type(
    ticket: Ticket, kind: str, category: str, *, by: Actor, at: datetime, vocabulary: Vocabulary
) -> Changed:
    """Make it a ticket of this type and category. Raises CorrectionRefused (no such type), PermissionRefused."""
    if (kind, category) == (ticket.type, ticket.category):
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.CORRECT, ticket)
    if kind not in vocabulary.types or category not in vocabulary.categories:
        raise CorrectionRefused("There is no such type of ticket any more. Choose another one.")
    before: dict[str, Value] = {"type": ticket.type, "category": ticket.category}
    record = Record("type.changed", by, at, before, {"type": kind, "category": category})
    after = replace(_touched(ticket, at), type=kind, category=category)
    return Changed(after, record, TypeChanged(ticket_id=ticket.id, at=at))


def discard(ticket: Ticket, *, by: Actor, at: datetime, answered: bool) -> Changed:
    """Say that it was no ticket. It counts nowhere until it is restored. `answered`: somebody replied to the customer.

    Raises CorrectionRefused (a colleague is at work on it with the customer), PermissionRefused.
    """
    if ticket.discarded_at is not None:
        return Changed(ticket)
    require(by, Act.CORRECT, ticket)
    if answered and ticket.assignee_id not in (None, by.id):
        raise CorrectionRefused(
            f"A colleague has ticket #{ticket.number} and has already written to the customer. Ask them, or take it "
            "over first."
        )
    before: dict[str, Value] = {"status": ticket.status}
    record = Record("ticket.discarded", by, at, before, {"status": None})
    after = replace(_touched(ticket, at), discarded_at=at, discarded_by=by.id)
    return Changed(after, record, TicketDiscarded(ticket_id=ticket.id, at=at))


def restore(ticket: Ticket, *, by: Actor, at: datetime) -> Changed:
    """Take `discard` back: the ticket is what it was. Raises PermissionRefused."""
    if ticket.discarded_at is None:
        return Changed(ticket)
    require(by, Act.CORRECT, ticket)
    record = Record("ticket.restored", by, at, {"status": None}, {"status": ticket.status})
    after = replace(_touched(ticket, at), discarded_at=None, discarded_by=None)
    return Changed(after, record, TicketRestored(ticket_id=ticket.id, at=at))


def require_standing(ticket: Ticket) -> None:
    """Raises TicketIsDiscarded: nothing is done with one that was none, until it is put back."""
    if ticket.discarded_at is not None:
        raise TicketIsDiscarded(f"Ticket #{ticket.number} was no ticket, somebody said. Put it back first.")


def require_no_live_ticket(tickets: Iterable[Ticket], rules: Lifecycle, instead: str) -> None:
    """Raises CarriedByTicket, saying what to do `instead`. `tickets` are all the conversation's."""
    live = [ticket.number for ticket in tickets if rules.status(ticket.status).category.is_live]
    if live:
        raise CarriedByTicket(f"Ticket #{max(live)} has been opened in this conversation. {instead}")


def require_unchanged(ticket: Ticket, seen: int | None) -> None:
    """Raises ChangedMeanwhile if the form was drawn from another version. `seen` None: nobody looked at a version."""
    if seen is not None and seen != ticket.version:
        raise ChangedMeanwhile(
            f"Ticket #{ticket.number} was changed while this was open. Nothing was saved: look at it again and retry."
        )


def _touched(ticket: Ticket, at: datetime) -> Ticket:
    return replace(ticket, version=ticket.version + 1, updated_at=at)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
