"""One vocabulary for these tests: the refund of the reference scenario, its policy and its facts."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.factories import NOW, a_ticket
from tests.playbooks import with_fields
from threadline import ActionSpec, Context, Outcome, OutcomeKind, action
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.playbook.conditions import Condition, Expression
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.resolving import ActionPolicy, Calling, FactSource, Otherwise, PolicyRule
from ticketing.resolution.context import Looked, PolicyContext, policy_context
from ticketing.resolution.ports import Earlier


@dataclass(frozen=True)
class Order:
    number: str
    email: str
    delivered: date | None
    refundable: Decimal
    currency: str
    items: list[str]


@action
async def lookup_order(context: Context, order: str) -> Order | None:
    """Look up an order."""


@action(writes=True, may=["ai", "agent"], idempotent=True)
async def issue_refund(
    context: Context, order: str, amount: Decimal, currency: str = "EUR", reason: str | None = None
) -> None:
    """Give money back."""


LOOKUP, REFUND = lookup_order.spec, issue_refund.spec
SPECS: dict[str, ActionSpec] = {each.name: each for each in (LOOKUP, REFUND)}
FOUND = {
    "number": "78932",
    "email": "ada@example.com",
    "delivered": "2026-11-16",
    "refundable": "89.00",
    "currency": "EUR",
    "items": ["mug"],
}


def a_rule(key: str, holds: str, otherwise: Otherwise, **more: Any) -> PolicyRule:
    values: dict[str, Any] = {"because": f"{key}, as the playbook says."} | more
    return PolicyRule(key, Condition(holds), values.pop("because"), otherwise, **values)


RULES = (
    a_rule("theirs", "facts.order.email in customer.emails", Otherwise.REFUSE, tell="order_not_found"),
    a_rule("in_window", 'now - facts.order.delivered <= duration("720h")', Otherwise.REFUSE, tell="too_late"),
    a_rule(
        "capped", "earlier.count < 3 && earlier.amount + arguments.amount <= 300", Otherwise.PERSON, tell="a_colleague"
    ),
    a_rule("small", "arguments.amount < 100", Otherwise.APPROVAL, approval="refund_confirmed"),
    a_rule("not_large", "arguments.amount <= 200", Otherwise.APPROVAL, approval="refund_over_200"),
)
ORDER = FactSource("order", Calling("lookup_order", {"order": Expression("arguments.order")}), "order_not_found")
POLICY = ActionPolicy(
    "issue_refund",
    facts=(ORDER,),
    sets={"amount": Expression("facts.order.refundable"), "currency": Expression("facts.order.currency")},
    rules=RULES,
    amount=Expression("arguments.amount"),
)
PLAYBOOK = with_fields(
    Field("order_number", "Order number", FieldKind.TEXT),
    Field("refund_amount", "Refund", FieldKind.MONEY, currency="EUR"),
    Field("bought_on", "Bought on", FieldKind.DATE),
)
ADA = Customer(uuid4(), "Ada", NOW, tier="gold", language="en", custom={"vip": True, "orders": 3})


def looked(outcome: OutcomeKind = OutcomeKind.DONE, **order: Any) -> dict[str, Looked]:
    return {"order": Looked(LOOKUP.result, Outcome(outcome, FOUND | order if outcome is OutcomeKind.DONE else None))}


def a_conversation(channel: str = "whatsapp", address: str = "+4915112345678") -> Conversation:
    return Conversation(uuid4(), ADA.id, ADA.name, channel, "+1", address, None, 1)


def an_identity(**fields: Any) -> Identity:
    values: dict[str, Any] = {"channel": "whatsapp", "address": "+4915112345678", "verified_at": NOW}
    return Identity(uuid4(), ADA.id, **(values | fields))


def a_context(**changes: Any) -> PolicyContext:
    """Of Ada's order 78932, delivered a week ago, 89.00 to give back. Words starting an order change the order."""
    order = {name: changes.pop(name) for name in list(changes) if name in FOUND}
    values: dict[str, Any] = {
        "action": REFUND,
        "conversation": a_conversation(),
        "customer": ADA,
        "identities": [an_identity(phone="+4915112345678", email="ada@example.com")],
        "proven": True,
        "facts": looked(**order),
        "earlier": Earlier(),
        "now": NOW,
        "ticket": a_ticket(fields={"order_number": "78932"}),
    } | changes
    return policy_context(values.pop("ticket"), PLAYBOOK, **values)


def policy(*rules: PolicyRule, **changes: Any) -> ActionPolicy:
    return replace(POLICY, rules=rules or RULES, **changes)
