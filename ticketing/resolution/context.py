"""What a verdict depends on, and nothing else: facts of the desk and of actions, as they were at that instant.

The customer's words are not among them. Kept with each verdict, so that it can be reached again (`threadline replay`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from threadline import ActionSpec, Outcome, OutcomeKind, Shape, as_fact
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.playbook import facts as desk_facts
from ticketing.playbook.conditions import Context
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.arguments import confirmation, currency_of
from ticketing.resolution.ports import Earlier
from ticketing.resolution.record import as_json, from_json, shape_as_json, shape_from_json
from ticketing.resolution.run import Json
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Looked:
    """What a read gave for one of policy's facts. `shape`: of what it gives when it finds something."""

    shape: Shape
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """`names`: what rules may ask about, but for `arguments`. `arguments`: what the action takes.

    `missing`: facts that were looked up and not found, or could not be looked up. `approval`: the action's own
    condition, where it holds somebody agrees first. `confirmed`: what the customer said yes to (`confirmation`).
    """

    names: Context = field(hash=False)
    arguments: Shape
    required: frozenset[str] = frozenset()
    missing: Mapping[str, OutcomeKind] = field(default_factory=dict, hash=False)
    approval: str | None = None
    confirmed: str | None = None

    @property
    def proven(self) -> bool:
        """Whether it is certain who writes."""
        return self.names.get("customer", {}).get("proven") is True

    def with_arguments(self, values: Mapping[str, Json], action: str | None = None) -> Context:
        """What rules may ask about where the action is called with these. `action`: it is decided about now.

        What earlier calls came to in other currencies adds up to nothing with this one: then nobody knows the sum.
        """
        confirmed = bool(action and self.confirmed) and self.confirmed == confirmation(action or "", values)
        names = {**self.names, "arguments": as_fact(self.arguments, dict(values)), "confirmed": confirmed}
        if self.other_currencies(values):
            names["earlier"] = {**names["earlier"], "amount": None}
        return names

    def other_currencies(self, values: Mapping[str, Json]) -> list[str]:
        """Of earlier calls, where this one is called with these."""
        known = self.names.get("earlier", {}).get("currencies", ())  # a verdict of former times says nothing of them
        return [each for each in known if each != currency_of(values)]


def policy_context(
    ticket: Ticket,
    playbook: Playbook,
    *,
    action: ActionSpec,
    conversation: Conversation,
    customer: Customer,
    identities: Iterable[Identity],
    proven: bool,
    facts: Mapping[str, Looked],
    earlier: Earlier,
    now: datetime,
    team: str | None = None,
    confirmed: str | None = None,
) -> PolicyContext:
    """`action`: what is to be called. `proven`: whether it is certain that the customer wrote what they wrote.

    `facts`: by the names that the action's policy gives them; those looked up so far. `team`: the ticket's, by name.
    `confirmed`: the `confirmation` that the customer gave in this run.
    """
    known = desk_facts.context(
        ticket, playbook, now=now, channel=conversation.channel, team=team, customer=customer, actor=None
    )
    names = {name: each for name, each in known.items() if name != "actor"}
    names["customer"] = {**known["customer"], **_proof(conversation, identities, proven=proven)}
    names["earlier"] = {
        "count": earlier.count,
        "amount": float(earlier.amount),
        "currencies": sorted(earlier.currencies),
    }
    names["facts"] = {name: _known(each) for name, each in facts.items()}
    missing = {name: each.outcome.kind for name, each in facts.items() if names["facts"][name] is None}
    required = frozenset(each.name for each in action.parameters if each.required)
    return PolicyContext(names, action.arguments, required, missing, action.approval, confirmed)


def _known(looked: Looked) -> Any:
    return as_fact(looked.shape, looked.outcome.value) if looked.outcome.kind is OutcomeKind.DONE else None


def _proof(conversation: Conversation, identities: Iterable[Identity], *, proven: bool) -> dict[str, Any]:
    """Only what somebody vouches for: anybody can write an address into a mail, or a number into a message."""
    verified = [each for each in identities if each.verified_at is not None]
    emails = [each.email for each in verified if each.email]
    if proven and conversation.channel == "email":
        emails.append(conversation.address)
    return {
        "proven": proven,
        "emails": sorted({each.lower() for each in emails}),
        "phones": sorted({each.phone for each in verified if each.phone}),
    }


def stored(context: PolicyContext) -> dict[str, Json]:
    """As JSON, for the record."""
    return {
        "names": as_json(context.names),
        "arguments": shape_as_json(context.arguments),
        "required": sorted(context.required),
        "missing": {name: each.value for name, each in context.missing.items()},
        "approval": context.approval,
        "confirmed": context.confirmed,
    }


def read_back(said: Mapping[str, Json]) -> PolicyContext:
    """What `stored` wrote. Raises KeyError, ValueError or TypeError: it is of another form."""
    return PolicyContext(
        from_json(said["names"]),
        shape_from_json(said["arguments"]),
        frozenset(said["required"]),
        {name: OutcomeKind(each) for name, each in said["missing"].items()},
        said["approval"],
        said["confirmed"],
    )
