"""The clocks of a ticket as people are shown them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.clock import Clock, Kind, State, state
from ticketing.playbook.lifecycle import Status
from ticketing.playbook.sla_policy import Audience, EscalationAction, Notify
from ticketing.triage.suggestion import Priority

URGENT = (State.AT_RISK, State.BREACHED)
_ORDER = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.RESOLUTION)


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One that has not stopped. `due_at`: when it is due, or was; None while it is paused, and was not breached."""

    kind: Kind
    state: State
    due_at: datetime | None


def shown_clocks(clocks: Mapping[Kind, Clock], now: datetime) -> tuple[ShownClock, ...]:
    """In the order in which they are answered."""
    found = []
    for kind in _ORDER:
        clock = clocks.get(kind)
        stands = state(clock, now) if clock and clock.stopped_at is None else None
        if clock is not None and stands is not None:
            found.append(ShownClock(kind, stands, clock.breached_at or clock.due_at))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be told. `slack`: their user there; None: Slack does not know them."""

    name: str
    slack: str | None = None
    supervises: bool = False


@dataclass(frozen=True, slots=True)
class ToldPlace:
    """A ticket whose clock has something to tell, where people talk about it, whom it concerns, and how it stands.

    `clock`: as it is by now; None: it has stopped, and has nothing to tell any more. `left`: open time until it is due,
    below zero when it is over. `actions`: of the escalation steps that came with it.
    """

    number: int
    subject: str
    customer: str
    tier: str | None
    priority: Priority
    status: Status
    channel: str | None
    ts: str | None  # None: its card is not shown yet
    assignee: Colleague | None
    team: str
    members: tuple[Colleague, ...]  # of its team
    clock: Clock | None
    left: timedelta | None = None
    actions: tuple[EscalationAction, ...] = ()

    @property
    def whom(self) -> frozenset[Audience]:
        """Whom those steps tell."""
        return frozenset(who for each in self.actions if isinstance(each, Notify) for who in each.whom)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A ticket in the view of those at risk, the breached among them."""

    number: int
    subject: str
    priority: Priority
    customer: str
    assignee: str | None
    channel: str | None
    ts: str | None  # of its card
    clocks: tuple[ShownClock, ...]  # those that are at risk, or breached
