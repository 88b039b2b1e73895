"""What runs need from the world: where they are kept (`storage/`), and who calls actions (`ai/actions`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from core.errors import Refused
from threadline import ActionSpec, Context, Outcome
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import UNLIMITED, Budget
from ticketing.resolution.numbers import RunNumbers
from ticketing.resolution.run import Json, Run, Step


@dataclass(frozen=True, slots=True)
class Earlier:
    """The customer's calls of one action, the AI's and those that people had made by hand: those that were made, and
    those that may be under way.

    `currencies`: those that the amounts are of, as "USD"; "" where a call named none. Of several the sum says nothing.
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spent:
    """What the AI spent on one type of ticket in one month, and on one ticket."""

    runs: int = 0
    amount: Decimal = Decimal(0)
    ticket_runs: int = 0
    ticket_cost: Decimal = Decimal(0)  # dollars, of brains


class RunMovedOn(Refused):
    """Somebody else has saved the run since it was read."""


class SpentMeanwhile(RunMovedOn):
    """What was left of a month's budget when it was looked at, somebody else has spent since."""


class Runs(Protocol):
    """A run is changed only by who has locked its ticket."""

    async def add(self, run: Run) -> bool:
        """False: the ticket has an open run."""
        ...

    async def get(self, run_id: UUID) -> Run:
        """Raises NotFound."""
        ...

    async def open_of(self, ticket_id: UUID) -> Run | None:
        """The one that is not over."""
        ...

    async def newest_of(self, ticket_id: UUID) -> Run | None: ...

    async def waiting_for(self, approval_id: UUID) -> Run | None: ...

    async def steps(self, run_id: UUID) -> Sequence[Step]:
        """In their order."""
        ...

    async def with_steps(self, run_id: UUID) -> tuple[Run, Sequence[Step]]:
        """Both, as they were at one instant. Raises NotFound."""
        ...

    async def save(self, run: Run, steps: Sequence[Step] = ()) -> Run:
        """The run with its next version, and steps that are new or have ended. Raises RunMovedOn: somebody else has
        saved it since it was read.
        """
        ...

    async def earlier(self, customer_id: UUID, action: str, *, since: datetime, but: UUID) -> Earlier:
        """Without those of `but`, a run or a call by hand. Who asks has locked the customer."""
        ...

    async def spent(self, type_key: str, ticket_id: UUID, *, at: datetime) -> Spent:
        """In the month of that instant, in UTC. Others may spend meanwhile: what holds to a budget is `spend`."""
        ...

    def spend(
        self, type_key: str, *, at: datetime, runs: int = 0, amount: Decimal = Decimal(0), within: Budget = UNLIMITED
    ) -> None:
        """So much more, once the transaction ends: so runs of one type wait for each other for that instant only.

        Where it would be more than `within` lets a month have, the transaction ends with SpentMeanwhile, and nothing
        of it is kept.
        """
        ...

    async def numbers(self, *, at: datetime) -> RunNumbers:
        """How runs are going then."""
        ...


class Actions(Protocol):
    """The actions that this desk knows. Calling one never raises but when it is cancelled."""

    @property
    def specs(self) -> Mapping[str, ActionSpec]: ...

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome: ...


ActionsOf = Callable[[Playbook], Actions]  # those that are installed, and those that this playbook declares
