"""The part of the desk by which people deal with what the AI does by itself. `ticketing/desk.py` is the whole of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ticketing.part import Part
from ticketing.people.actor import acting
from ticketing.people.person import Person
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.by_hand import ask_for_call, begin_call
from ticketing.resolution.carry_out import carry_out
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_checks import AgreementNeeded
from ticketing.resolution.levels import Move
from ticketing.resolution.move_level import Standing, put_back, set_level, standings
from ticketing.resolution.people import take_over, turn_down
from ticketing.resolution.ports import ActionsOf
from ticketing.resolution.run import Json, Run, Step
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Resolving(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def take_over(self, ticket_id: UUID, *, by: Person) -> Ticket:
        """From the AI: it stops, and the ticket is theirs. Raises AlreadyClaimed, PermissionRefused, NotFound."""
        return await take_over(ticket_id, by=by, uow=self.start(), now=self.clock())

    async def carry_out(self, run_id: UUID, *, by: Person) -> Run:
        """Have done what it suggests. Raises NothingSuggested, PermissionRefused, NotFound."""
        return await carry_out(run_id, by=by, uow=self.start(), now=self.clock())

    async def turn_down(self, run_id: UUID, *, by: Person) -> Run:
        """Not that. Raises NothingSuggested, PermissionRefused, NotFound."""
        return await turn_down(run_id, by=by, uow=self.start(), now=self.clock())

    async def run(self, run_id: UUID) -> tuple[Run, Sequence[Step]]:
        """A run with its steps, in their order. Raises NotFound."""
        async with self.start() as uow:
            return await uow.runs.get(run_id), await uow.runs.steps(run_id)

    async def autonomy(self) -> Sequence[Standing]:
        """How far the AI goes with each type, and what was measured."""
        return await standings(uow=self.start(), now=self.clock())

    async def set_autonomy(self, type_key: str, level: Autonomy, *, by: Person | None) -> Move | None:
        """`by`: None, somebody at the command line. None: it is there already.

        Raises PermissionRefused, NotThatFar, NotFound.
        """
        return await set_level(type_key, level, by=acting(by), uow=self.start(), now=self.clock())

    async def put_autonomy_back(self, move_id: UUID, *, by: Person) -> Move:
        """Undo what was measured. Raises PermissionRefused, MovedSince, NotThatFar, NotFound."""
        return await put_back(move_id, by=acting(by), uow=self.start(), now=self.clock())

    async def ask_for_call(
        self, ticket_id: UUID, action: str, given: Mapping[str, Json], *, by: Person, actions: ActionsOf
    ) -> HandCall | AgreementNeeded:
        """Note it; nobody calls before `begin_call`. Raises as `by_hand.ask_for_call` does."""
        return await ask_for_call(ticket_id, action, given, by=by, actions=actions, start=self.start, now=self.clock())

    async def begin_call(
        self, call_id: UUID, form: Mapping[str, str], *, by: Person, actions: ActionsOf
    ) -> AgreementNeeded | None:
        """Call it, for the form that waits now. Raises as `ask_for_call`."""
        return await begin_call(call_id, form, by=by, actions=actions, start=self.start, now=self.clock())
