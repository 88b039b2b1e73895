"""The same policy for people: what the playbook says of an action holds too when somebody of the desk calls it.

Whoever had it done by hand would else be past every rule. What policy leaves to a person a person may do, once another
agrees; what it refuses it refuses to everybody.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.ids import new_id
from threadline import ActionSpec
from threadline import context as sdk
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.fields.give import look_around
from ticketing.people.actor import AI
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import ActionPolicy
from ticketing.ports import UnitOfWork
from ticketing.resolution.arguments import select
from ticketing.resolution.context import Looked, PolicyContext, policy_context
from ticketing.resolution.look_up import about, gather
from ticketing.resolution.ports import Actions, Earlier
from ticketing.resolution.run import Json
from ticketing.resolution.verdict import PolicyVerdict, Ruling
from ticketing.tickets.ticket import Ticket

WHILE_SLACK_WAITS = 2.0  # seconds for all that is looked up: it waits for three
_UNKNOWN = frozenset({"always.facts", "always.arguments", "always.amount"})  # nobody could say what to agree to


class PolicySaysNo(Refused):
    """The desk's policy for this action does not let it be done, by whomever."""

    def __init__(self, because: str) -> None:
        super().__init__(f"The desk's policy says no: {because.rstrip('.')}. Nothing was done.")


@dataclass(frozen=True, slots=True)
class About:
    """What policy is asked about, as it is in one transaction."""

    ticket: Ticket
    playbook: Playbook
    spec: ActionSpec
    conversation: Conversation
    customer: Customer
    identities: Sequence[Identity]
    proven: bool
    team: str | None

    @property
    def policy(self) -> ActionPolicy | None:
        return self.playbook.action_policies.get(self.spec.name)

    @property
    def as_of(self) -> tuple[object, ...]:
        return self.ticket.version, self.customer.id, self.customer.version, self.playbook.version

    def context(self, facts: Mapping[str, Looked], earlier: Earlier, now: datetime) -> PolicyContext:
        return policy_context(
            self.ticket,
            self.playbook,
            action=self.spec,
            conversation=self.conversation,
            customer=self.customer,
            identities=self.identities,
            proven=self.proven,
            facts=facts,
            earlier=earlier,
            now=now,
            team=self.team,
        )

    def asks_itself(self, arguments: Mapping[str, Json], now: datetime) -> bool:
        """The action's own condition; what cannot be read or answered wants somebody to agree."""
        if self.spec.approval is None:
            return False
        try:
            condition = Condition(self.spec.approval)
        except ValueError:
            return True
        return condition.holds(self.context({}, Earlier(), now).with_arguments(arguments), otherwise=True)


@dataclass(frozen=True, slots=True)
class Found:
    """What policy decides by, looked up for a ticket and a customer as they were then."""

    customer_id: UUID
    as_of: tuple[object, ...]
    facts: Mapping[str, Looked]


async def read_about(ticket: Ticket, spec: ActionSpec, *, uow: UnitOfWork) -> About:
    playbook = await uow.playbook()
    customer, identities = await uow.customers.with_identities(ticket.customer_id)
    return About(
        ticket,
        playbook,
        spec,
        await uow.conversations.get(ticket.conversation_id),
        customer,
        identities,
        (await uow.grounds.of(ticket.id)).is_proven,
        (await look_around(ticket, playbook, uow=uow)).team,
    )


async def look_up(
    call: About, arguments: Mapping[str, Json], there: Actions, now: datetime, *, at_most: float
) -> Found | None:
    """With nothing locked. None: there is no policy, and so nothing to look up. Raises PolicySaysNo."""
    policy = call.policy
    if policy is None:
        return None
    typed = select({name: each for name, each in arguments.items() if name not in policy.sets}, call.spec.arguments)
    subject, customer = about(call.ticket, call.conversation, call.customer, call.identities, proven=call.proven)
    asks = sdk.Context(sdk.Actor("ai", AI.name), now, f"hand:{new_id()}", subject, customer)
    try:
        async with asyncio.timeout(at_most):
            facts = await gather(
                policy,
                there.specs,
                names=lambda found: call.context(found, Earlier(), now).with_arguments(typed.values),
                read=lambda action, given, _: there.call(action, given, asks),
                otherwise=call.spec.result,
            )
    except TimeoutError as error:
        raise PolicySaysNo("What it decides by could not be looked up in time. Try it again") from error
    return Found(call.customer.id, call.as_of, facts)


def who_agrees(
    verdict: PolicyVerdict, policy: ActionPolicy, confirm: str | None, approvals: Mapping[str, ApprovalRule]
) -> str | None:
    """The key of the approval rule by which somebody else has to agree. None: policy lets it through.

    `confirm`: the type's own, for what is left to a person, to the customer's word, or to whoever confirms for the
    type; where another rule that does not hold names a stricter one, that one. So one more rule that fails makes
    nothing easier. Raises PolicySaysNo.
    """
    failed = [each for each in verdict.rules if not each.held]
    unknown = next((each.because for each in failed if each.rule in _UNKNOWN), None)
    if verdict.ruling is Ruling.REFUSED or unknown is not None:
        raise PolicySaysNo(verdict.because if verdict.ruling is Ruling.REFUSED else unknown or "")
    if verdict.ruling is Ruling.ALLOWED:
        return None
    keys = {each.rule for each in failed}
    named = {each.key: each.approval for each in policy.rules if each.key in keys and each.approval is not None}
    rule = list(named.values())[-1] if named else confirm
    if rule is not None and confirm is not None and keys - named.keys():
        rule = max(rule, confirm, key=lambda each: approvals[each].strictness)
    if rule is None:
        raise PolicySaysNo(f"{verdict.because.rstrip('.')}. Somebody has to agree, and the playbook names nobody")
    return rule
