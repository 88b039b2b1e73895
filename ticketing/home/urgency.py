"""How much a ticket presses, and why: the order of what somebody has on their desk. Pure; `now` is given.

A ticket has one reason: the first of them that holds. Of two with the same reason the higher priority comes first,
then what has stood there the longest, then the lower number: no two tickets ever share a place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.clock import Clock, Kind, Phase, State, state
from ticketing.home.work import Work
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.triage.suggestion import Priority

SOON = timedelta(hours=24)  # a due date that comes within it presses


class Reason(StrEnum):
    """Why a ticket stands where it stands; what presses most comes first."""

    LATE = "late"  # a promise of the desk is broken
    OVERDUE = "overdue"  # a due date has passed
    UNDELIVERED = "undelivered"  # what was written last did not arrive, or may not have
    AT_RISK = "at_risk"  # a promise of the desk is in danger
    WAITS = "waits"  # the customer wrote, and was not answered
    URGENT = "urgent"
    DUE_SOON = "due_soon"
    IN_HAND = "in_hand"  # nothing in particular
    APPROVAL = "approval"  # from here on it waits for others: somebody has to approve,
    PENDING = "pending"  # … or it is in a status that waits for the customer, or for somebody outside


_ORDER = {reason: place for place, reason in enumerate(Reason)}
_WAITING = frozenset({Reason.APPROVAL, Reason.PENDING})
_PRIORITY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


@dataclass(frozen=True, slots=True)
class Urgency:
    """`at`: since when, or until when, as the reason has it. `clock`: whose promise, of LATE and AT_RISK."""

    reason: Reason
    at: datetime
    clock: Kind | None = None

    @property
    def is_waiting(self) -> bool:
        """Nobody at the desk has to do anything about it now."""
        return self.reason in _WAITING


@dataclass(frozen=True, slots=True)
class Placed:
    """A ticket, and why it stands where it stands."""

    work: Work
    urgency: Urgency


def urgency(work: Work, now: datetime) -> Urgency:
    """The first reason that holds."""
    found = _pressing(work, now)
    if found is not None:
        return found
    if work.priority is Priority.URGENT and not _is_waiting(work):
        return Urgency(Reason.URGENT, work.opened_at)
    if work.due_at is not None and work.due_at - now <= SOON:
        return Urgency(Reason.DUE_SOON, work.due_at)
    if work.approval_since is not None:
        return Urgency(Reason.APPROVAL, work.approval_since)
    if _is_waiting(work):
        return Urgency(Reason.PENDING, work.status_since)
    return Urgency(Reason.IN_HAND, work.opened_at)


def ranked(works: Iterable[Work], now: datetime) -> list[Placed]:
    """All of them, what presses most first; those that wait for others come last."""
    return sorted((Placed(work, urgency(work, now)) for work in works), key=_place)


def _is_waiting(work: Work) -> bool:
    return work.approval_since is not None or work.status.category is StatusCategory.PENDING


def _pressing(work: Work, now: datetime) -> Urgency | None:
    """What presses also where the ticket waits for others. A clock that is paused never does."""
    late, at_risk = _promise(work.clocks, State.BREACHED, now), _promise(work.clocks, State.AT_RISK, now)
    if late is not None:
        return Urgency(Reason.LATE, *late)
    if work.due_at is not None and work.due_at <= now:
        return Urgency(Reason.OVERDUE, work.due_at)
    if work.undelivered_at is not None:
        return Urgency(Reason.UNDELIVERED, work.undelivered_at)
    if at_risk is not None:
        return Urgency(Reason.AT_RISK, *at_risk)
    if work.unanswered_since is not None:
        return Urgency(Reason.WAITS, work.unanswered_since)
    return None


def _promise(clocks: Mapping[Kind, Clock], wanted: State, now: datetime) -> tuple[datetime, Kind] | None:
    """The soonest due of the running clocks in this state."""
    found = [
        (clock.breached_at or clock.due_at or now, kind)
        for kind, clock in clocks.items()
        if clock.phase is Phase.RUNNING and state(clock, now) is wanted
    ]
    return min(found, default=None)


def _place(placed: Placed) -> tuple[int, int, datetime, int]:
    work, pressing = placed.work, placed.urgency
    return _ORDER[pressing.reason], _PRIORITY[work.priority], pressing.at, work.number
