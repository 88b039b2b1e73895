"""Somebody of the desk calls an action for a ticket: what is checked before, in one transaction. `made_by_hand.py`
makes the call, with nothing locked.

It is two steps for the door, like a suggested reply: the form says that it waits before anybody calls anything, and a
form that was closed or changed meanwhile has nothing done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from core.ids import new_id
from threadline import ActionSpec
from threadline.declaration import AGENT
from ticketing.approvals.for_action import request_for_action, use_for_action
from ticketing.approvals.gates import ApprovalNeeded, Gate, pass_action
from ticketing.fields.give import look_around
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.conditions import Condition
from ticketing.ports import UnitOfWork
from ticketing.resolution.arguments import confirmation, select
from ticketing.resolution.context import policy_context
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.ports import ActionsOf, Earlier
from ticketing.resolution.run import Json
from ticketing.tickets.changes import require_standing
from ticketing.tickets.events import HandCallDue
from ticketing.tickets.ticket import Ticket


class ActionNotForPeople(Refused):
    """There is no such action, or not for agents."""


class ArgumentsRefused(Refused):
    """What was given is not what the action takes. `wrong`: in words."""

    def __init__(self, wrong: Sequence[str]) -> None:
        super().__init__(f"It cannot be run so: {'; '.join(wrong[:5])}.")


class AgreementNeeded(Refused):
    """Somebody else has to agree first, and was asked."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"This needs an approval: {label}. It has been asked for, and stands in the thread. Run it again with the "
            "same values once somebody has agreed."
        )


def for_people(specs: Mapping[str, ActionSpec]) -> list[ActionSpec]:
    """The actions that agents may call, those that only look something up first."""
    return sorted((each for each in specs.values() if AGENT in each.may), key=lambda each: (each.writes, each.name))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request, in its transaction, which holds the ticket."""

    ticket: Ticket
    spec: ActionSpec
    arguments: Mapping[str, Json]
    by: Person
    uow: UnitOfWork
    now: datetime

    async def agreed(self, *, use: bool) -> AgreementNeeded | None:
        """None: nobody has to agree, or somebody has, to exactly this; `use`: which is used up with it.

        Raises ActionNotForPeople, NobodyToAsk: nobody can be asked.
        """
        if not await self._asks():
            return None
        uow, spec, ticket = self.uow, self.spec, self.ticket
        rule = (await uow.playbook()).type(ticket.type).ai.confirm
        if rule is None:
            raise ActionNotForPeople(f"Somebody has to agree to {spec.name}, and the playbook names nobody.")
        digest = confirmation(spec.name, self.arguments)
        if await self._given(rule, digest, use=use):
            return None
        why = f"{self.by.name} wants to run {spec.name} ({said(self.arguments)})."
        actor = person_acting(self.by)
        asked = await request_for_action(
            ticket, rule, spec.name, why, called_with=digest, by=actor, uow=uow, now=self.now
        )
        return AgreementNeeded(asked.label)

    async def _given(self, rule: str, digest: str, *, use: bool) -> bool:
        uow, ticket, name = self.uow, self.ticket, self.spec.name
        if use:
            return await use_for_action(ticket, rule, name, called_with=digest, uow=uow) is not None
        gate = Gate((await uow.playbook()).approvals, approvals=await uow.approvals.open_of(ticket.id))
        try:
            pass_action(ticket, name, rule, gate, called_with=digest)
        except ApprovalNeeded:
            return False
        return True

    async def _asks(self) -> bool:
        """The action's own condition; what cannot be read or answered wants somebody to agree."""
        if self.spec.approval is None:
            return False
        try:
            condition = Condition(self.spec.approval)
        except ValueError:
            return True
        uow, ticket = self.uow, self.ticket
        playbook = await uow.playbook()
        context = policy_context(
            ticket,
            playbook,
            action=self.spec,
            conversation=await uow.conversations.get(ticket.conversation_id),
            customer=await uow.customers.get(ticket.customer_id),
            identities=await uow.customers.identities(ticket.customer_id),
            proven=(await uow.grounds.of(ticket.id)).is_proven,
            facts={},
            earlier=Earlier(),
            now=self.now,
            team=(await look_around(ticket, playbook, uow=uow)).team,
        )
        return condition.holds(context.with_arguments(self.arguments), otherwise=True)


async def ask_for_call(
    ticket_id: UUID,
    action: str,
    given: Mapping[str, Json],
    *,
    by: Person,
    actions: ActionsOf,
    uow: UnitOfWork,
    now: datetime,
) -> HandCall | AgreementNeeded:
    """Note what is wanted; nobody calls yet. AgreementNeeded, returned: somebody was asked, which is kept.

    Raises ActionNotForPeople, ArgumentsRefused, NobodyToAsk, PermissionRefused, TicketIsDiscarded, TicketIsMerged,
    NotFound.
    """
    async with uow:
        asked = await _checked(ticket_id, action, given, by=by, actions=actions, uow=uow, now=now)
        if (needed := await asked.agreed(use=False)) is not None:
            return needed
        call = HandCall(new_id(), ticket_id, by.id, action, asked.arguments, now)
        await uow.hand_calls.add(call)
        return call


async def begin_call(
    call_id: UUID, form: Mapping[str, str], *, by: Person, actions: ActionsOf, uow: UnitOfWork, now: datetime
) -> AgreementNeeded | None:
    """The form shows that it waits: make it, if it may still be made. AgreementNeeded, returned: it is not, and
    somebody was asked. Begun twice, it is made once. Raises as `ask_for_call`.
    """
    async with uow:
        call = await _own(call_id, by, uow)
        if call.form:
            return None
        asked = await _checked(call.ticket_id, call.action, call.arguments, by=by, actions=actions, uow=uow, now=now)
        if (needed := await asked.agreed(use=True)) is not None:
            return needed
        await uow.hand_calls.save(replace(call, form=form))
        uow.emit(HandCallDue(call_id=call.id, at=now))
        return None


async def _checked(
    ticket_id: UUID,
    action: str,
    given: Mapping[str, Json],
    *,
    by: Person,
    actions: ActionsOf,
    uow: UnitOfWork,
    now: datetime,
) -> _Asked:
    ticket = await uow.tickets.lock(ticket_id)
    require_standing(ticket)
    spec = actions(await uow.playbook()).specs.get(action)
    if spec is None or AGENT not in spec.may:
        raise ActionNotForPeople(f"The action {action[:40]} is not for agents (any more).")
    require(person_acting(by), Act.RUN_ACTION if spec.writes else Act.LOOK_UP, ticket)
    chosen = select(given, spec.arguments)
    lacking = [each.name for each in spec.parameters if each.required and each.name not in chosen.values]
    if wrong := [*chosen.wrong, *(f"{name} is missing" for name in lacking)]:
        raise ArgumentsRefused(wrong)
    return _Asked(ticket, spec, chosen.values, by, uow, now)


async def _own(call_id: UUID, by: Person, uow: UnitOfWork) -> HandCall:
    asked = await uow.hand_calls.lock(call_id)
    if asked.person_id != by.id:
        raise NotFound("There is no such call.")
    return asked


def said(arguments: Mapping[str, Json]) -> str:
    """ "order: 78932, amount: 89.00"; no more of it than anybody reads."""
    return ", ".join(f"{name}: {str(value)[:80]}" for name, value in list(arguments.items())[:8])
