"""Lifecycles: the statuses a ticket can be in, and the transitions between them (SPEC 3.2).

Nothing tests a status by its name: what a status means to the rules is its category.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ticketing.playbook.actions import StageAction
from ticketing.playbook.conditions import Condition
from ticketing.playbook.grants import DEFAULT_GRANTS, Grants


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
class MovesOn:
    """A status that a ticket leaves by itself: so long after it came into it, it goes to status `to`."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class Status:
    key: str
    label: str
    category: StatusCategory
    sla_paused: bool = False  # the resolution clock stands still meanwhile
    requires: tuple[str, ...] = ()  # no ticket comes into it without these: see `requirements.py`
    when_answered: str | None = None  # where a customer's message moves a ticket that is here. None: it stays
    when_back: str | None = None  # where the same issue, coming back, takes a ticket that is here. None: it stays
    back_within: timedelta | None = None  # only so long after it came here. None: always
    moves_on: MovesOn | None = None
    on_enter: tuple[StageAction, ...] = ()
    on_leave: tuple[StageAction, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """An arrow from one status to another."""

    origin: str
    to: str
    by: Grants = DEFAULT_GRANTS
    requires: tuple[str, ...] = ()  # beside what status `to` requires
    when: Condition | None = None  # the arrow exists only where this holds
    approval: str | None = None  # the key of an approval rule: the arrow is gated where that rule applies


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Statuses in their order, and every transition there is."""

    key: str
    label: str
    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]
    created_in: tuple[str, ...]  # where a ticket may begin; the first one unless something else is asked for
    retired: Mapping[str, str] = field(default_factory=dict)  # statuses of earlier versions, and what they are now
    version: int = 0  # of the playbook that it is of; 0: of none that was ever applied
    _statuses: Mapping[str, Status] = field(init=False, repr=False, compare=False)
    _transitions: Mapping[tuple[str, str], Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {status.key: status for status in self.statuses}
        object.__setattr__(self, "_statuses", by_key)
        object.__setattr__(self, "_transitions", {(each.origin, each.to): each for each in self.transitions})

    @property
    def initial(self) -> str:
        return self.created_in[0]

    def status(self, key: str) -> Status:
        """The status of this key, or what became of it. Raises KeyError: statuses come from the record."""
        return self._statuses[self.retired.get(key, key)]

    def knows(self, key: str) -> bool:
        """Whether it is a status of this lifecycle now."""
        return key in self._statuses

    def understands(self, key: str) -> bool:
        """Whether it is a status of this lifecycle, or was one."""
        return self.retired.get(key, key) in self._statuses

    def transition(self, origin: str, to: str) -> Transition | None:
        """The arrow between two statuses; None: there is none."""
        return self._transitions.get((self.retired.get(origin, origin), to))

    def following(self, origin: str) -> tuple[Status, ...]:
        """The statuses that arrows lead to from here, in the lifecycle's order."""
        return tuple(status for status in self.statuses if self.transition(origin, status.key) is not None)
