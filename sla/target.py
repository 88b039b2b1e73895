"""What a clock is held to: so much open time on a calendar, with thresholds on the way and steps before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

# The share of the target, in percent, at whose use a ticket of this priority enters the view of those at risk.
AT_RISK_PERCENT = {"low": 75, "normal": 75, "high": 50, "urgent": 0}
WARNING_PERCENT = 75

# The events of every clock; a step's own is `Step.event`.
AT_RISK, WARNING, BREACHED = "at_risk", "warning", "breached"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of escalation. `at`: percent of the target used, or open time from the due instant (below zero: before).

    `key` names it for good: what has been done once under a key is not done again by the same clock.
    """

    key: str
    at: int | timedelta

    @property
    def event(self) -> str:
        return f"step:{self.key}"


@dataclass(frozen=True, slots=True)
class Target:
    """`length` in open time, whole seconds above zero. `at_risk` and `warning`: percent of it.

    `calendar` is a key that means the same calendar for good (its name with its fingerprint): one whose hours are
    edited is another calendar, and comes to a clock as another target. Raises ValueError.
    """

    length: timedelta
    calendar: str
    at_risk: int = AT_RISK_PERCENT["normal"]
    warning: int = WARNING_PERCENT
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if self.length <= timedelta(0) or self.length.microseconds:
            raise ValueError(f"A target is some whole seconds long, not {self.length}.")
        if not (0 <= self.at_risk <= 100 and 0 <= self.warning <= 100):
            raise ValueError("Thresholds are from 0 to 100 percent of the target.")
        if len({step.key for step in self.steps}) < len(self.steps):
            raise ValueError("Two steps have the same key.")

    def thresholds(self) -> Iterator[tuple[str, timedelta]]:
        """Each event with the time spent at which it comes due."""
        yield AT_RISK, self._share(self.at_risk)
        yield WARNING, self._share(self.warning)
        yield BREACHED, self.length
        for step in self.steps:
            yield step.event, self._share(step.at) if isinstance(step.at, int) else self.length + step.at

    def _share(self, percent: int) -> timedelta:
        return self.length * percent // 100  # exact: the length is whole seconds
