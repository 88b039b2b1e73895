"""SLA policies: what the clocks of a ticket are held to, and what happens on the way (SPEC 4.1, 4.3, 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sla.clock import Kind
from sla.target import AT_RISK_PERCENT, WARNING_PERCENT, Step, Target
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.triage.suggestion import Priority

Lengths = Mapping[Priority, timedelta]  # in open time; a priority that is left out has no target


class Audience(StrEnum):
    """Whom an escalation step tells."""

    ASSIGNEE = "assignee"
    TEAM = "team"
    SUPERVISOR = "supervisor"  # of the ticket's team


@dataclass(frozen=True, slots=True)
class Notify:
    whom: tuple[Audience, ...]


EscalationAction = Notify | SetPriority | HandToTeam


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What happens at one threshold, once. `at` as in `sla.target.Step`: a share in percent, or open time from due."""

    key: str
    at: int | timedelta
    actions: tuple[EscalationAction, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What one clock is held to."""

    lengths: Lengths
    tiers: Mapping[str, Lengths] = field(default_factory=dict)  # by customer tier, lower case, over `lengths`
    steps: tuple[EscalationStep, ...] = ()

    def length(self, priority: Priority, tier: str | None) -> timedelta | None:
        of_tier = self.tiers.get(tier.strip().lower(), {}) if tier else {}
        return of_tier.get(priority, self.lengths.get(priority))


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """`calendar`: a key of the playbook's calendars. A clock that `promises` does not name is not kept."""

    key: str
    label: str
    calendar: str
    promises: Mapping[Kind, Promise]
    at_risk: Mapping[Priority, int] = field(
        default_factory=lambda: {Priority(key): share for key, share in AT_RISK_PERCENT.items()}
    )
    warning: int = WARNING_PERCENT
    ai_responds: bool = True  # whether an answer of the AI stops the first response

    def target(self, kind: Kind, priority: Priority, tier: str | None, *, calendar: str) -> Target | None:
        """What a clock of such a ticket is held to; None: nothing. `calendar`: the key that clocks know ours by."""
        promise = self.promises.get(kind)
        length = promise.length(priority, tier) if promise else None
        if promise is None or length is None:
            return None
        steps = tuple(Step(each.key, each.at) for each in promise.steps)
        return Target(length, calendar, self.at_risk[priority], self.warning, steps)

    def step(self, kind: Kind, key: str) -> EscalationStep | None:
        promise = self.promises.get(kind)
        return next((each for each in promise.steps if each.key == key), None) if promise else None
