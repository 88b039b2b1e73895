"""Everything that changes a ticket, as pure functions: ticket and intention in, new ticket and its record out.

`move` is the one transition function: Slack, web, API, automations and AI all change a status here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Value
from ticketing.approvals.approval import Approval
from ticketing.approvals.beyond import free_statuses
from ticketing.approvals.gates import CLOSED_GATE, Gate, pass_transition
from ticketing.fields.refusals import FieldsMissing
from ticketing.fields.requirements import demands
from ticketing.fields.surroundings import NOT_ASKED, Surroundings
from ticketing.fields.visibility import InView, in_view
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.permissions import Act, may_move, require, require_transition
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Lifecycle, Status, StatusCategory, Transition
from ticketing.playbook.playbook import Playbook, TicketType
from ticketing.tickets.events import (
    PriorityChanged,
    StatusChanged,
    TicketAssigned,
    TicketDiscarded,
    TicketEvent,
    TicketRestored,
    TypeChanged,
)
from ticketing.tickets.moving_on import moves_on_at, retimed
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


class TransitionRefused(Refused):
    """The lifecycle has no such transition."""


class ChangedMeanwhile(Refused):
    """The button or form was drawn from an older version, and what it would change has changed since."""


class TicketIsDiscarded(Refused):
    """Somebody said that it was no ticket."""


class TicketIsMerged(Refused):
    """It goes on as another ticket."""


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
    approval: Approval | None = None  # the one that allowed it, used


def move(
    ticket: Ticket,
    to: str,
    *,
    by: Actor,
    at: datetime,
    playbook: Playbook,
    note: str = "",
    around: Surroundings = NOT_ASKED,
    gate: Gate = CLOSED_GATE,
) -> Changed:
    """Put the ticket in status `to`. Values that are given with it are the ticket's already (`fields/give.py`).

    What a status does by itself, when its customer writes or when time is up, asks for no condition and nothing to be
    filled in; of customers nothing is asked anywhere. `gate`: what is known where the transition has one.

    Raises TransitionRefused (no such transition, or its condition does not hold), PermissionRefused (not theirs to
    make), FieldsMissing (all that it takes and is not there), and after all else ApprovalNeeded.
    """
    if to == ticket.status:
        return Changed(ticket)
    require_standing(ticket)
    rules = playbook.lifecycle(ticket.type)
    transition = rules.transition(ticket.status, to)
    if transition is None:
        raise _no_such_transition(ticket.status, to, rules)
    if not by_itself(rules.status(ticket.status), to, by):
        _require_open(ticket, transition, by=by, at=at, playbook=playbook, around=around)
        require_transition(by, transition, ticket)
        if by.kind is not ActorKind.CUSTOMER:
            _require_given(ticket, transition, note, by=by, at=at, playbook=playbook, around=around)
    approval = pass_transition(ticket, transition, gate)
    extra: dict[str, Value] = {"note": note} if note else {}
    if rules.version:  # why this was allowed has an exact answer
        extra["playbook"] = rules.version
    if approval is not None:
        extra |= {"approval": str(approval.id)}
    record = Record("status.changed", by, at, {"status": ticket.status}, {"status": to, **extra})
    moved = _counted(ticket, _in_status(ticket, rules.status(to), at), by)
    return Changed(moved, record, StatusChanged(ticket_id=ticket.id, at=at), approval)


def transitions(
    ticket: Ticket, *, by: Actor, at: datetime, playbook: Playbook, around: Surroundings = NOT_ASKED
) -> tuple[Status, ...]:
    """The statuses that this actor may put the ticket in now. Raises PermissionRefused: there are some, none theirs."""
    rules = playbook.lifecycle(ticket.type)
    view = in_view(ticket, playbook, now=at, around=around, by=by)
    arrows = [(status, rules.transition(ticket.status, status.key)) for status in rules.following(ticket.status)]
    there = [(status, arrow) for status, arrow in arrows if arrow is not None and is_open(arrow, view)]
    theirs = tuple(status for status, arrow in there if may_move(by, arrow, ticket))
    if not theirs and there:
        require_transition(by, there[0][1], ticket)
    return theirs


def is_open(arrow: Transition, view: InView) -> bool:
    """An arrow whose condition does not hold is none."""
    return arrow.when is None or arrow.when.holds(view.context, otherwise=False)


def _require_open(
    ticket: Ticket, arrow: Transition, *, by: Actor, at: datetime, playbook: Playbook, around: Surroundings
) -> None:
    if arrow.when is None or is_open(arrow, in_view(ticket, playbook, now=at, around=around, by=by)):
        return
    rules = playbook.lifecycle(ticket.type)
    here, there = rules.status(arrow.origin).label, rules.status(arrow.to).label
    raise TransitionRefused(f"A ticket goes from {here} to {there} only where this holds: {arrow.when.source}")


def _require_given(
    ticket: Ticket, arrow: Transition, note: str, *, by: Actor, at: datetime, playbook: Playbook, around: Surroundings
) -> None:
    asked = demands(ticket, arrow, playbook, note=note, now=at, around=around, by=by)
    if asked.missing:
        raise FieldsMissing(playbook.lifecycle(ticket.type).status(arrow.to).label, asked.missing)


def _no_such_transition(origin: str, to: str, rules: Lifecycle) -> TransitionRefused:
    names = ", ".join(status.label for status in rules.following(origin)) or "nothing: it is final"
    here = rules.status(origin).label
    there = rules.status(to).label if rules.knows(to) else repr(to)
    return TransitionRefused(f"A ticket cannot go from {here} to {there}. From {here} it can go to: {names}.")


def by_itself(here: Status, to: str, by: Actor) -> bool:
    """Whether the status itself sends a ticket there: when its customer writes, or when it was long enough in it."""
    if by.kind is ActorKind.CUSTOMER:
        return to in (here.when_answered, here.when_back)
    return by.kind is ActorKind.AUTOMATION and here.moves_on is not None and to == here.moves_on.to


def _counted(before: Ticket, after: Ticket, by: Actor) -> Ticket:
    """What rules about a ticket that does not get on ask for."""
    again = after.status_category.is_live and not before.status_category.is_live
    exchanges = 0 if is_progress(after.status_category, by) else before.exchanges
    return replace(after, exchanges=exchanges, reopenings=before.reopenings + again)


def is_progress(to: StatusCategory, by: Actor) -> bool:
    """Whether a ticket gets on by such a move. Waiting is no progress, and what the customer does themselves is none of
    ours.
    """
    return to is not StatusCategory.PENDING and by.kind is not ActorKind.CUSTOMER


def _in_status(ticket: Ticket, status: Status, at: datetime) -> Ticket:
    if status.category.is_live:
        resolved_at = None
    elif status.category is StatusCategory.RESOLVED:
        resolved_at = at
    else:
        resolved_at = ticket.resolved_at or at
    return replace(
        _touched(ticket, at),
        status=status.key,
        status_category=status.category,
        status_since=at,
        resolved_at=resolved_at,
        moves_on_at=moves_on_at(status, since=at, now=at),
    )


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


def change_type(ticket: Ticket, kind: str, category: str, *, by: Actor, at: datetime, playbook: Playbook) -> Changed:
    """Make it a ticket of this type and category. Where the new type's lifecycle has no such status, it stands in the
    first one of the same category, else where tickets begin; so it does where that status needs an approval to get to.

    Raises CorrectionRefused (no such type, or a category of other types), PermissionRefused.
    """
    if (kind, category) == (ticket.type, ticket.category):
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.CORRECT, ticket)
    if kind not in playbook.types or category not in playbook.categories:
        raise CorrectionRefused("There is no such type of ticket any more. Choose another one.")
    category = _category_of(playbook.types[kind], category, ticket, playbook)
    status = _status_of(ticket, kind, playbook, by=by, at=at)
    before: dict[str, Value] = {"type": ticket.type, "category": ticket.category}
    after: dict[str, Value] = {"type": kind, "category": category}
    now = _touched(ticket, at)
    if (status.key, status.category) != (ticket.status, ticket.status_category):
        before["status"], after["status"] = ticket.status, status.key
        now = _in_status(ticket, status, at)
    elif kind != ticket.type:
        now = retimed(now, status, now=at)
    if playbook.version:
        after["playbook"] = playbook.version
    record = Record("type.changed", by, at, before, after)
    return Changed(replace(now, type=kind, category=category), record, TypeChanged(ticket_id=ticket.id, at=at))


def _category_of(kind: TicketType, category: str, ticket: Ticket, playbook: Playbook) -> str:
    """One that the new type has. What it was before says little about another type; what somebody chose does."""
    if category in kind.categories:
        return category
    if category == ticket.category:
        return kind.categories[0]
    raise no_such_category(kind, category, playbook)


def no_such_category(kind: TicketType, category: str, playbook: Playbook) -> CorrectionRefused:
    names = ", ".join(map(playbook.category, kind.categories))
    return CorrectionRefused(f"{playbook.category(category)} is no category of {kind.label}. It has: {names}.")


def _status_of(ticket: Ticket, kind: str, playbook: Playbook, *, by: Actor, at: datetime) -> Status:
    """Where a ticket of this type stands that stood where this one does. Being called otherwise opens no gate."""
    rules, before = playbook.lifecycle(kind), playbook.lifecycle(ticket.type)
    here, free = before.status(ticket.status), _free(replace(ticket, type=kind), playbook, by=by, at=at)
    if rules is before and (here.key in free or here.key not in _free(ticket, playbook, by=by, at=at)):
        return here
    alike = [each for each in rules.statuses if each.category is here.category and each.key in free]
    alike.sort(key=lambda each: each.key != here.key)
    return alike[0] if alike else rules.status(rules.initial)


def _free(ticket: Ticket, playbook: Playbook, *, by: Actor, at: datetime) -> frozenset[str]:
    return free_statuses(ticket, playbook, in_view(ticket, playbook, now=at, by=by).context)


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
    """Raises TicketIsDiscarded, TicketIsMerged: nothing is done with one that was none, or goes on as another one."""
    if ticket.discarded_at is not None:
        raise TicketIsDiscarded(f"Ticket #{ticket.number} was no ticket, somebody said. Put it back first.")
    if ticket.merged_into is not None:
        raise TicketIsMerged(f"Ticket #{ticket.number} was merged into another one, which its card names. Go on there.")


def require_no_live_ticket(tickets: Iterable[Ticket], instead: str) -> None:
    """Raises CarriedByTicket, saying what to do `instead`. `tickets` are all the conversation's."""
    live = [ticket.number for ticket in tickets if ticket.is_live]
    if live:
        raise CarriedByTicket(f"Ticket #{max(live)} has been opened in this conversation. {instead}")


def require_unchanged(ticket: Ticket, seen: int | None) -> None:
    """Raises ChangedMeanwhile if the form was drawn from another version. `seen` None: nobody looked at a version."""
    if seen is not None and seen != ticket.version:
        raise ChangedMeanwhile(
            f"Ticket #{ticket.number} was changed while this was open. Nothing was saved: look at it again and retry."
        )


def _touched(ticket: Ticket, at: datetime) -> Ticket:
    return ticket.touched(at)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
