"""How far the AI goes with tickets of a type just now, what it was measured by, and where both are kept (SPEC 7.4).

The playbook says the most it may do (`AiPolicy.autonomy`); the level stands between that and the shadow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from ticketing.approvals.approval import ApprovalState
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.score import Held


class Sign(StrEnum):
    """What people, and nobody else, said of one run by what they did."""

    SAME = "same"  # they did what it would have done
    DONE = "done"  # what it did stands
    OTHER_WAY = "other_way"  # they settled it in another way
    OTHER_AMOUNT = "other_amount"  # … in the same way, with another amount
    TURNED_DOWN = "turned_down"  # "not this", to what it suggested
    REJECTED = "rejected"  # the approval that it asked for
    REOPENED = "reopened"  # the ticket that it had settled
    TAKEN_BACK = "taken_back"  # what it had done is filled in otherwise now


SAID = {
    Sign.SAME: "as people did",
    Sign.DONE: "stands",
    Sign.OTHER_WAY: "settled in another way",
    Sign.OTHER_AMOUNT: "with another amount",
    Sign.TURNED_DOWN: "turned down",
    Sign.REJECTED: "rejected",
    Sign.REOPENED: "reopened",
    Sign.TAKEN_BACK: "taken back",
}
RIGHT = frozenset({Sign.SAME, Sign.DONE})


@dataclass(frozen=True, slots=True)
class Afterwards:
    """A run and what became of its ticket. `by_people`: the fields that a person has filled in, corrected or confirmed.

    `moves`: by people since the run ended, each from one status to another, the newest first. `is_retyped`: by people,
    since then. `place`: of the level that was in force when the run began; 0: before any.
    """

    held: Held
    ticket: int
    type: str  # of the ticket, now
    by_people: frozenset[str]
    acted: bool
    approval: ApprovalState | None
    turned_down: bool
    moves: tuple[tuple[str, str], ...]
    place: int
    is_retyped: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One run as it is measured. `at`: it counts from then on."""

    run_id: UUID
    ticket_id: UUID
    ticket: int
    type: str
    place: int
    level: Autonomy
    at: datetime
    sign: Sign

    @property
    def is_right(self) -> bool:
        return self.sign in RIGHT


class How(StrEnum):
    """What moved it."""

    ROSE = "rose"  # these two what was measured
    FELL = "fell"
    SET = "set"  # these two a person
    PUT_BACK = "put_back"

    @property
    def is_down(self) -> bool:
        return self is How.FELL


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the level of a type; the newest is in force. It never changes.

    `right` of `judged` cases were right when `over` were asked for, at `precision` (0 to 1); `cases`: the runs that it
    rests on, the newest first. `by` and `name`: who moved it; None: what was measured did, or somebody at the command
    line. `undone`: the move that it puts back.
    """

    id: UUID
    type: str
    place: int  # 1, 2, 3, … of the type
    at: datetime
    was: Autonomy
    level: Autonomy
    how: How
    why: str  # for people
    by: UUID | None = None
    name: str | None = None
    right: int = 0
    judged: int = 0
    over: int = 0
    precision: float = 0.0
    cases: tuple[Case, ...] = ()
    undone: UUID | None = None


class Levels(Protocol):
    async def newest(self, type_key: str) -> Move | None:
        """The one in force. None: it was never moved."""
        ...

    async def get(self, move_id: UUID) -> Move:
        """Raises NotFound."""
        ...

    async def of(self, type_key: str, *, most: int) -> Sequence[Move]:
        """The newest first."""
        ...

    async def add(self, move: Move) -> None:
        """In force from the commit on. Who adds one has the type to move."""
        ...

    async def stay(self, type_key: str) -> None:
        """Until this transaction ends the level does not move: what is read of it from here on holds. To be called
        before anything is locked.
        """
        ...

    async def hold(self, type_key: str) -> None:
        """Nobody else moves it, and no write of a run that began by the old level is still to be kept."""
        ...

    async def count_alone(self, type_key: str) -> None:
        """Nobody else measures runs of this type until this transaction ends."""
        ...

    async def afterwards(self, ticket_id: UUID) -> Sequence[Afterwards]:
        """Of the newest run over the ticket, and of the newest one that acted, where that is another: what it did
        stands there to be taken back, whatever was tried since. The newest first.
        """
        ...

    async def case(self, run_id: UUID) -> Case | None: ...

    async def keep(self, case: Case) -> None:
        """In place of what was known of that run."""
        ...

    async def cases(self, type_key: str, *, place: int, level: Autonomy, at: datetime, most: int) -> Sequence[Case]:
        """Those that count by then, the newest first."""
        ...
