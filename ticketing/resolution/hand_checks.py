"""What is looked at before an action is called because somebody of the desk asks: before their form waits, and once
more by whoever calls, because by then something else may be so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from core.errors import Refused
from threadline import ActionSpec
from threadline.declaration import AGENT
from ticketing.approvals.for_action import request_for_action, use_for_action
from ticketing.approvals.gates import ApprovalNeeded, Gate, pass_action
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.agree import agreed_to, costs
from ticketing.resolution.arguments import select
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_policy import WHILE_SLACK_WAITS, Found, look_up, read_about, who_agrees
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Actions, ActionsOf
from ticketing.resolution.run import Json
from ticketing.tickets.changes import ChangedMeanwhile, require_standing
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


class AgreementGone(Refused):
    """What somebody agreed to is not there any more, or was good for another call."""

    def __init__(self, label: str) -> None:
        super().__init__(f"It needs an approval by now: {label}. Run it again, and it is asked for.")


class Wanted(NamedTuple):
    """`rule`: by which somebody else has to agree. `amount`: what it costs, in the currency that the arguments name."""

    arguments: Mapping[str, Json]
    rule: str | None
    amount: Decimal | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, in its transaction, which holds the ticket."""

    ticket: Ticket
    spec: ActionSpec
    arguments: Mapping[str, Json]  # as they were given
    by: Person
    there: Actions
    uow: UnitOfWork
    now: datetime

    async def judged(self, found: Found | None, *, but: UUID) -> Wanted:
        """What it would be called with, and who has to agree. `found`: what policy decides by, where there is one.
        `but`: a call that does not count for caps: this one, perhaps.

        Raises ActionNotForPeople, ChangedMeanwhile, PolicySaysNo.
        """
        playbook = await self.uow.playbook()
        confirm = playbook.type(self.ticket.type).ai.confirm
        policy = playbook.action_policies.get(self.spec.name)
        about = await read_about(self.ticket, self.spec, uow=self.uow)
        if policy is None:
            asks = about.asks_itself(self.arguments, self.now)
            if asks and confirm is None:
                raise ActionNotForPeople(f"Somebody has to agree to {self.spec.name}, and the playbook names nobody.")
            return Wanted(self.arguments, confirm if asks else None)
        if found is None or found.as_of != about.as_of:
            raise ChangedMeanwhile("The ticket has changed meanwhile. Nothing was done: try it again.")
        since = self.now - policy.window
        earlier = await self.uow.runs.earlier(about.customer.id, self.spec.name, since=since, but=but)
        verdict = judge(policy, self.arguments, about.context(found.facts, earlier, self.now))
        rule = who_agrees(verdict, policy, confirm, playbook.approvals)
        return Wanted(verdict.arguments, rule, verdict.amount, verdict.because)

    async def use_agreement(self, wanted: Wanted) -> None:
        """What somebody has agreed to is used up with the call. Raises AgreementGone."""
        if wanted.rule is not None and not await self._given(wanted.rule, self._digest(wanted), use=True):
            rule = (await self.uow.playbook()).approvals.get(wanted.rule)
            raise AgreementGone(rule.label if rule is not None else wanted.rule)

    async def agreed(self, wanted: Wanted) -> AgreementNeeded | None:
        """None: nobody has to agree, or somebody has, to exactly this. Raises NobodyToAsk: nobody can be asked."""
        if (rule := wanted.rule) is None:
            return None
        uow, spec, ticket = self.uow, self.spec, self.ticket
        digest = self._digest(wanted)
        if await self._given(rule, digest, use=False):
            return None
        why = f"{self.by.name} wants to run {spec.name} ({said(wanted.arguments)}). {wanted.because}".strip()
        actor = person_acting(self.by)
        asked = await request_for_action(
            ticket,
            rule,
            spec.name,
            why,
            called_with=digest,
            amount=costs(wanted.arguments, wanted.amount),
            by=actor,
            uow=uow,
            now=self.now,
        )
        return AgreementNeeded(asked.label)

    def _digest(self, wanted: Wanted) -> str:
        return agreed_to(self.spec.name, wanted.arguments, wanted.amount)

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


@dataclass(frozen=True, slots=True)
class Checks:
    """Who asks, and what there is to call. Everybody locks a call first, then its customer, then its ticket."""

    by: Person
    actions: ActionsOf
    start: StartWork
    now: datetime

    async def look_up(
        self, ticket_id: UUID, action: str, given: Mapping[str, Json], *, at_most: float = WHILE_SLACK_WAITS
    ) -> Found | None:
        """What policy decides by, if they may have it done at all, within so many seconds."""
        async with self.start() as uow:
            asked = await self.checked(ticket_id, action, given, uow)
            if asked.spec.name not in (await uow.playbook()).action_policies:
                return None
            about = await read_about(asked.ticket, asked.spec, uow=uow)
        return await look_up(about, asked.arguments, asked.there, self.now, at_most=at_most)

    async def again(self, call: HandCall, found: Found | None, uow: UnitOfWork) -> tuple[Asked, Wanted]:
        """Whether a call that was noted would be just the same now.

        Raises ChangedMeanwhile, and what `checked` and `Asked.judged` do.
        """
        asked = await self.checked(call.ticket_id, call.action, call.arguments, uow, found)
        wanted = await asked.judged(found, but=call.id)
        if wanted.arguments != call.arguments:
            raise ChangedMeanwhile(f"By now it would be another call ({said(wanted.arguments)}). Fill it in once more.")
        return asked, wanted

    async def checked(
        self, ticket_id: UUID, action: str, given: Mapping[str, Json], uow: UnitOfWork, found: Found | None = None
    ) -> Asked:
        """Holds the ticket, and before it the customer, whose earlier calls policy counts."""
        if found is not None:
            await uow.customers.lock([found.customer_id])
        ticket = await uow.tickets.lock(ticket_id)
        require_standing(ticket)
        playbook = await uow.playbook()
        there = self.actions(playbook)
        spec = there.specs.get(action)
        if spec is None or AGENT not in spec.may:
            raise ActionNotForPeople(f"The action {action[:40]} is not for agents (any more).")
        require(person_acting(self.by), Act.RUN_ACTION if spec.writes else Act.LOOK_UP, ticket)
        policy = playbook.action_policies.get(action)
        own = policy.sets.keys() if policy is not None else ()
        chosen = select({name: each for name, each in given.items() if name not in own}, spec.arguments)
        required = (each.name for each in spec.parameters if each.required and each.name not in own)
        lacking = [name for name in required if name not in chosen.values]
        if wrong := [*chosen.wrong, *(f"{name} is missing" for name in lacking)]:
            raise ArgumentsRefused(wrong)
        return Asked(ticket, spec, chosen.values, self.by, there, uow, self.now)


def said(arguments: Mapping[str, Json]) -> str:
    """ "order: 78932, amount: 89.00"; no more of it than anybody reads."""
    return ", ".join(f"{name}: {str(value)[:80]}" for name, value in list(arguments.items())[:8])
