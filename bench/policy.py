"""What a verdict takes: a policy of ten rules over a looked-up order, against the library's own work on these rules."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from typing import Any

import cel

from threadline import Context, OutcomeKind, action
from ticketing.playbook.conditions import Condition, Expression
from ticketing.playbook.resolving import ActionPolicy, Calling, FactSource, Otherwise, PolicyRule
from ticketing.resolution.context import PolicyContext, read_back, stored
from ticketing.resolution.policy import judge
from ticketing.resolution.verdict import Ruling

_RULES = (
    "facts.order.email in customer.emails",
    'facts.order.status == "delivered"',
    'now - facts.order.delivered <= duration("720h")',
    'fields.return_reason in ["damaged", "wrong_item"]',
    "!facts.order.final_sale",
    'customer.tier != "blocked"',
    "earlier.count < 3",
    "earlier.amount + arguments.amount <= 300",
    "arguments.amount < 100",
    "arguments.amount <= facts.order.paid - facts.order.refunded",
)
_BATCHES, _EACH = 30, 200
_PROPOSED = {"order": "78932", "reason": "The mug arrived broken."}


@action(writes=True, may=["ai"], idempotent=True)
async def give_back(context: Context, order: str, amount: Decimal, currency: str, reason: str | None = None) -> None:
    """Give money back."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Microseconds of processor time: of a verdict, of the rules in the library alone, of a context kept and read."""

    ours: float
    library: float
    kept: float


def measure() -> Verdicts:
    policy, context = _policy(), _context()
    if judge(policy, _PROPOSED, context).ruling is not Ruling.ALLOWED:
        raise AssertionError("the refund is allowed")
    programs = [cel.compile(rule) for rule in _RULES]
    names = {**context.names, "arguments": {"order": "78932", "amount": 89.0, "currency": "EUR", "reason": None}}
    return Verdicts(
        _took(lambda: judge(policy, _PROPOSED, context)),
        _took(lambda: [program.execute(names) for program in programs]),
        _took(lambda: read_back(stored(context))),
    )


def rows(measured: Verdicts) -> list[tuple[str, str, str]]:
    return [
        ("a verdict of policy, ten rules, µs", f"{measured.ours:,.0f}", "at most 200"),
        ("… the library alone, given everything, µs", f"{measured.library:,.0f}", ""),
        ("… what it depends on, kept and read again, µs", f"{measured.kept:,.0f}", ""),
    ]


def _policy() -> ActionPolicy:
    rules = (PolicyRule(f"r{place}", Condition(each), each, Otherwise.REFUSE) for place, each in enumerate(_RULES))
    return ActionPolicy(
        "give_back",
        facts=(FactSource("order", Calling("lookup_order", {"order": Expression("arguments.order")})),),
        sets={"amount": Expression("facts.order.paid"), "currency": Expression("facts.order.currency")},
        rules=tuple(rules),
        amount=Expression("arguments.amount"),
    )


def _context() -> PolicyContext:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    order: dict[str, Any] = {
        "number": "78932",
        "email": "ada@example.com",
        "status": "delivered",
        "delivered": datetime(2026, 11, 16, tzinfo=UTC),
        "paid": 89.0,
        "refunded": 0.0,
        "currency": "EUR",
        "final_sale": False,
        "lines": [{"item": f"mug {each}", "price": 8.9, "count": 1.0} for each in range(10)],
    }
    names = {
        "ticket": {"type": "return", "status": "investigating", "priority": "high", "created_at": now, "tags": []},
        "fields": {"order_number": "78932", "return_reason": "damaged", "refund_amount": None},
        "customer": {"tier": "gold", "attributes": {}, "proven": True, "emails": ["ada@example.com"], "phones": []},
        "conversation": {"channel": "whatsapp"},
        "earlier": {"count": 1, "amount": 40.0},
        "facts": {"order": order},
        "now": now,
    }
    spec = give_back.spec
    required = frozenset(each.name for each in spec.parameters if each.required)
    return PolicyContext(names, spec.arguments, required, {"gone": OutcomeKind.NOT_FOUND})


def _took(work: Callable[[], object]) -> float:
    """Processor time: the machine's other work is not ours."""
    return median(_batch(work) for _ in range(_BATCHES))


def _batch(work: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(_EACH):
        work()
    return (time.process_time() - begun) / _EACH * 1_000_000


if __name__ == "__main__":
    for row in rows(measure()):
        print("  ".join(row))
