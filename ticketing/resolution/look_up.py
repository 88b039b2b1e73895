"""Read in other systems: what a brain asks for, and the facts that policy decides by. Nothing is locked meanwhile."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.instants import Clock
from threadline import ActionSpec, Outcome, OutcomeKind, Shape
from threadline import context as sdk
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.people.actor import AI
from ticketing.playbook.conditions import Context
from ticketing.playbook.resolving import ActionPolicy
from ticketing.resolution.arguments import given
from ticketing.resolution.case import Situation
from ticketing.resolution.context import Looked, PolicyContext, policy_context
from ticketing.resolution.ports import Earlier
from ticketing.resolution.run import Json, Step, StepKind
from ticketing.tickets.ticket import Ticket

FRESH = timedelta(seconds=60)  # what was read not longer ago for the same decision is not read again


class LookUps:
    """The reads of one stretch of work. `situation`: as it is after those that were made."""

    def __init__(self, situation: Situation, clock: Clock) -> None:
        self.situation = situation
        self.clock = clock

    async def make(self, name: str, arguments: Mapping[str, Json], *, fact: str | None = None) -> Outcome:
        """Call an action that reads, or take what it gave a moment ago. `fact`: of policy's, that it is read for."""
        if (known := self._known(name, arguments)) is not None:
            return known
        run, begun = self.situation.run, self.clock()
        context = action_context(self.situation, key=f"run:{run.id}:{run.steps}", now=begun)
        outcome = await self.situation.actions.call(name, arguments, context)
        step = Step(
            run.id,
            run.steps,
            StepKind.LOOK_UP,
            name,
            begun,
            inputs={"arguments": dict(arguments)} | ({"fact": fact} if fact else {}),
            outputs={"value": outcome.value} if outcome.kind is OutcomeKind.DONE else {},
            outcome=outcome.kind.value,
            why=outcome.words,
            ended_at=self.clock(),
        )
        self.situation = self.situation.with_step(step)
        return outcome

    def _known(self, name: str, arguments: Mapping[str, Json]) -> Outcome | None:
        since = self.clock() - FRESH
        for step in reversed(self.situation.steps):
            if step.kind is StepKind.DECIDE:
                return None  # since then somebody was asked: what they agree to is judged by what is so now
            same = step.kind is StepKind.LOOK_UP and step.name == name and step.inputs["arguments"] == dict(arguments)
            if same and step.begun_at >= since and step.outcome in (OutcomeKind.DONE, OutcomeKind.NOT_FOUND):
                return Outcome(OutcomeKind(step.outcome), step.outputs.get("value"), step.why)
        return None

    async def facts(self, policy: ActionPolicy, proposed: Mapping[str, Json], spec: ActionSpec) -> dict[str, Looked]:
        """All that policy decides by, in its order. `proposed`: what of it can be arguments.

        Where one is out of reach the rest is not asked.
        """
        return await gather(
            policy,
            self.situation.actions.specs,
            names=lambda found: context_of(self.situation, spec, found, now=self.clock()).with_arguments(proposed),
            read=lambda action, given, fact: self.make(action, given, fact=fact),
            otherwise=spec.result,
        )


async def gather(
    policy: ActionPolicy,
    specs: Mapping[str, ActionSpec],
    *,
    names: Callable[[Mapping[str, Looked]], Context],
    read: Callable[[str, Mapping[str, Json], str], Awaitable[Outcome]],
    otherwise: Shape,
) -> dict[str, Looked]:
    """Policy's facts, in their order. `names`: what there is to look up by, with those found so far. `read`: calls an
    action with arguments for a fact. `otherwise`: the shape where there is no such action.

    Where one is out of reach the rest is not asked.
    """
    found: dict[str, Looked] = {}
    for source in policy.facts:
        action = source.calling.action
        spec = specs.get(action)
        arguments = given(source.calling, names(found), spec.arguments) if spec is not None else None
        if spec is None:
            outcome = Outcome(OutcomeKind.FAILED, words=f"There is no action {action}.")
        elif arguments is None:
            outcome = Outcome(OutcomeKind.INVALID, words="What it would be looked up by is not known.")
        else:
            outcome = await read(action, arguments, source.name)
        found[source.name] = Looked(spec.result if spec is not None else otherwise, outcome)
        if outcome.kind is OutcomeKind.UNAVAILABLE:
            break
    return found


def context_of(
    situation: Situation,
    spec: ActionSpec,
    facts: Mapping[str, Looked],
    *,
    earlier: Earlier | None = None,
    now: datetime,
) -> PolicyContext:
    """What policy knows when it judges a call of this action."""
    return policy_context(
        situation.ticket,
        situation.playbook,
        action=spec,
        conversation=situation.conversation,
        customer=situation.customer,
        identities=situation.identities,
        proven=situation.ground.is_proven,
        facts=facts,
        earlier=earlier or Earlier(),
        now=now,
        team=situation.around.team,
        confirmed=situation.run.confirmed,
    )


def action_context(situation: Situation, *, key: str, now: datetime) -> sdk.Context:
    """What an action is told of who asks and why."""
    proven = situation.ground.is_proven
    subject, customer = about(
        situation.ticket, situation.conversation, situation.customer, situation.identities, proven=proven
    )
    return sdk.Context(sdk.Actor("ai", AI.name), now, key, subject, customer)


def about(
    ticket: Ticket, conversation: Conversation, customer: Customer, identities: Sequence[Identity], *, proven: bool
) -> tuple[sdk.Ticket, sdk.Customer]:
    """What an action is told of a ticket and its customer. `proven`: whether it is certain that they wrote."""
    fields: dict[str, Json] = dict(ticket.fields.items())
    who = sdk.Customer(
        customer.name,
        customer.language,
        customer.tier,
        dict(customer.custom),
        tuple(_identities(conversation, identities, proven=proven)),
    )
    return sdk.Ticket(ticket.number, ticket.type, ticket.subject, fields), who


def _identities(conversation: Conversation, identities: Sequence[Identity], *, proven: bool) -> Iterator[sdk.Identity]:
    """Verified is what somebody vouches for: the channel, or of a mail the domain that it came from."""
    written_from = conversation.address if conversation.channel == "email" else None
    for each in identities:
        vouched = {each.phone, each.email} - {None} if each.verified_at is not None else set()
        if proven and each.address == written_from:
            vouched.add(each.address)
        yield sdk.Identity(each.channel, each.address, each.address in vouched)
        for address in sorted(address for address in vouched if address and address != each.address):
            yield sdk.Identity(each.channel, address, verified=True)
