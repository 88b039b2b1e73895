"""The clocks of one ticket, and what they were set by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sla.clock import Clock, Kind, Phase
from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """`policy` and `playbook` (its version): where the targets are from. No policy: nothing is measured any more."""

    policy: str | None
    playbook: int
    priority: Priority
    tier: str | None  # of the customer, as it counted
    ai_responds: bool = True
    clocks: Mapping[Kind, Clock] = field(default_factory=dict, hash=False)

    @property
    def next_event_at(self) -> datetime | None:
        """When the first of its clocks has something to tell; it may have passed."""
        return min((at for each in self.clocks.values() if (at := each.next_event_at)), default=None)

    @property
    def at_risk_at(self) -> datetime | None:
        """From when on the first of its clocks is at risk, or was. One that waits is not, unless it was overrun."""
        going_on = (each for each in self.clocks.values() if each.phase is Phase.RUNNING or _waits_late(each))
        return min((at for each in going_on if (at := each.at_risk_at)), default=None)

    @property
    def due_at(self) -> datetime | None:
        """When the first of its clocks that have not stopped is due, or was."""
        going_on = (each for each in self.clocks.values() if each.stopped_at is None)
        return min((at for each in going_on if (at := each.due_at)), default=None)


def _waits_late(clock: Clock) -> bool:
    return clock.phase is Phase.PAUSED and clock.breached_at is not None
