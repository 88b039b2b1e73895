"""Lifecycles: the statuses a ticket can be in and the transitions between them."""

from dataclasses import dataclass
from enum import StrEnum


class StatusCategory(StrEnum):
    """What a status means to the rules, whatever it is called."""

    OPEN = "open"
    ACTIVE = "active"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def is_live(self) -> bool:
        """Somebody still owes work on a ticket in such a status."""
        return self in {StatusCategory.OPEN, StatusCategory.ACTIVE, StatusCategory.PENDING}


@dataclass(frozen=True, slots=True)
class Status:
    key: str
    label: str
    category: StatusCategory


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Statuses in their order, and the transitions allowed: `arrows` maps a status key to those it may go to."""

    statuses: tuple[Status, ...]
    arrows: dict[str, tuple[str, ...]]
    initial: str
    answered: str  # where a customer's message moves a ticket that waited for it
    reopened: str  # where a resolved ticket goes when the same issue comes back

    def status(self, key: str) -> Status:
        """The status of this key. Raises KeyError: statuses come from the record, not from people."""
        for status in self.statuses:
            if status.key == key:
                return status
        raise KeyError(key)

    def allows(self, current: str, to: str) -> bool:
        return to in self.arrows.get(current, ())

    def following(self, current: str) -> tuple[Status, ...]:
        """The statuses a ticket may go to from here, in the lifecycle's order."""
        return tuple(status for status in self.statuses if self.allows(current, status.key))
