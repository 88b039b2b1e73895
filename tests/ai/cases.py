"""A ticket of a shop that somebody has to solve, as a brain gets to see it, with the shop's actions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from threadline import ActionSpec, Context, action
from ticketing.drafting.draft import Line
from ticketing.resolution.proposal import Case, OfferedRecipe


@action
async def lookup_order(context: Context, order: str) -> dict[str, str]:
    """What the shop knows of an order."""
    return {"number": order}


@action(writes=True, may=("ai", "agent"), idempotent=True)
async def issue_refund(context: Context, order: str, amount: Decimal | None = None, reason: str = "other") -> bool:
    """Give the customer money back for an order."""
    return True


@action(writes=True, may=("ai", "agent"), idempotent=True)
async def send_replacement(context: Context, order: str) -> bool:
    """Send the same item once more."""
    return True


ACTIONS: Mapping[str, ActionSpec] = {
    each.spec.name: each.spec for each in (lookup_order, issue_refund, send_replacement)
}
DAMAGED = "I received a damaged item — order #78932. I'd like a refund."
REFUND = OfferedRecipe("refund", "Refund", "issue_refund", {"order": "78932", "reason": "damaged"})
REPLACEMENT = OfferedRecipe("replacement", "Replacement", "send_replacement", {"order": "78932"})


def said(*texts: str) -> tuple[Line, ...]:
    """By the customer."""
    return tuple(Line(text, by_customer=True) for text in texts)


def a_case(*texts: str, **changes: Any) -> Case:
    plain: dict[str, Any] = {
        "number": 17,
        "subject": "Damaged item: order 78932",
        "type": "Return",
        "category": "Damaged",
        "language": "en",
        "lines": said(*(texts or (DAMAGED,))),
        "fields": {"order_number": "78932", "return_reason": "Arrived damaged"},
        "labels": {"order_number": "Order number", "return_reason": "Reason for the return"},
        "recipes": (REFUND,),
        "actions": tuple(ACTIONS.values()),
        "customer": "Anna Kowalski",
    }
    return Case(**(plain | changes))
