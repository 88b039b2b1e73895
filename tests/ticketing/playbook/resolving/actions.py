"""The actions that the playbooks of these tests name: declarations only, nobody calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from threadline import ActionSpec, Context, action

Reason = Literal["broken", "size"]


@dataclass(frozen=True)
class Order:
    number: str
    email: str
    refundable: Decimal
    currency: str
    status: Literal["sent", "delivered"]
    delivered_at: datetime | None
    items: list[str]


@dataclass(frozen=True)
class Refund:
    id: str
    amount: Decimal


@action
async def lookup_order(context: Context, order: str, archived: bool = False) -> Order:
    """Look an order up."""
    raise NotImplementedError


@action(may=("agent",))
async def lookup_staff(context: Context, name: str) -> Order:
    """Not for the AI."""
    raise NotImplementedError


@action(writes=True, may=("ai", "agent"), idempotent=True)
async def issue_refund(
    context: Context, order: str, amount: Decimal, reason: Reason | None = None, rush: bool = False
) -> Refund:
    """Pay an order back."""
    raise NotImplementedError


@action(writes=True, may=("ai",), idempotent=True, approval="arguments.email != ''")
async def close_account(context: Context, email: str) -> None:
    """Close an account."""
    raise NotImplementedError


@action(writes=True, may=("agent",), idempotent=True)
async def give_credit(context: Context, amount: Decimal) -> None:
    """Not for the AI."""
    raise NotImplementedError


ACTIONS: Mapping[str, ActionSpec] = {
    each.spec.name: each.spec for each in (lookup_order, lookup_staff, issue_refund, close_account, give_credit)
}
