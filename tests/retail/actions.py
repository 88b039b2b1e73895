"""What the shop in memory can be asked and told, written with the SDK. `SHOP` is put in by whoever opens one."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tests.retail.store import Order, Store
from threadline import Context, NotFound, action

SHOP: ContextVar[Store] = ContextVar("shop")

_ANY = ("ai", "agent")


@dataclass(frozen=True)
class Me:
    """Whoever the proven addresses of the conversation's customer belong to. `several`: to more than one."""

    id: str
    gift_card: Decimal
    several: bool


@dataclass(frozen=True)
class Bought:
    number: str
    buyer: str
    status: Literal["pending", "shipped", "delivered", "cancelled"]
    paid_with: str
    total: Decimal
    ordered_at: datetime
    delivered_at: datetime | None
    country: str
    items_changed: bool
    address_changed: bool
    exchanged: bool


@dataclass(frozen=True)
class Item:
    """One thing of an order."""

    sku: str
    product: str
    price: Decimal
    final_sale: bool


@dataclass(frozen=True)
class Make:
    """One variant of a product as the shop sells it."""

    sku: str
    product: str
    price: Decimal
    in_stock: int


@dataclass(frozen=True)
class Done:
    order: str
    amount: Decimal


@action()
async def who_is(context: Context) -> Me:
    """The shop's customer behind the proven addresses of this conversation."""
    customer = context.customer
    found = SHOP.get().buyers_of(customer.emails, customer.phones) if customer else []
    if not found:
        raise NotFound("No customer of the shop has these addresses.")
    return Me(found[0].id, found[0].gift_card, len(found) > 1)


@action()
async def get_order(context: Context, order: str) -> Bought:
    """An order by its number."""
    found = _order(order)
    total = SHOP.get().total(found)
    return Bought(
        found.number,
        found.buyer,
        found.status,  # type: ignore[arg-type]
        found.paid_with,
        total,
        found.ordered_at,
        found.delivered_at,
        found.country,
        found.items_changed,
        found.address_changed,
        found.exchanged,
    )


@action()
async def get_item(context: Context, order: str, item: str) -> Item:
    """One thing of an order, by its SKU."""
    if item not in _order(order).items:
        raise NotFound(f"Order {order} has no {item}.")
    made = SHOP.get().variants[item]
    return Item(made.sku, made.product, made.price, made.final_sale)


@action()
async def get_make(context: Context, sku: str) -> Make:
    """A variant of a product."""
    if (made := SHOP.get().variants.get(sku)) is None:
        raise NotFound(f"There is no {sku}.")
    return Make(made.sku, made.product, made.price, made.in_stock)


@action(writes=True, may=_ANY, idempotent=True)
async def cancel_order(context: Context, order: str, reason: str) -> Done:
    """Cancel an order that was not sent yet, and give the money back."""
    found = _order(order)
    total = SHOP.get().total(found)
    SHOP.get().do(context.idempotency_key, "cancel", found, total, status="cancelled")
    return Done(order, total)


@action(writes=True, may=_ANY, idempotent=True)
async def change_address(context: Context, order: str, street: str, country: str) -> Done:
    """Send an order elsewhere."""
    SHOP.get().do(context.idempotency_key, "address", _order(order), country=country, address_changed=True)
    return Done(order, Decimal(0))


@action(writes=True, may=_ANY, idempotent=True)
async def change_item(context: Context, order: str, item: str, instead: str) -> Done:
    """Another variant of the same product, before the order is sent."""
    found = _order(order)
    items = tuple(instead if sku == item else sku for sku in found.items)
    SHOP.get().do(context.idempotency_key, "change", found, items=items, items_changed=True)
    return Done(order, Decimal(0))


@action(writes=True, may=_ANY, idempotent=True)
async def return_item(
    context: Context, order: str, item: str, refund_to: Literal["card", "paypal", "gift_card"], amount: Decimal
) -> Done:
    """Take one thing back, and pay it back."""
    SHOP.get().do(context.idempotency_key, f"return {item} to {refund_to}", _order(order), amount)
    return Done(order, amount)


@action(writes=True, may=_ANY, idempotent=True)
async def exchange_item(context: Context, order: str, item: str, instead: str) -> Done:
    """Another variant of the same product, for one that has arrived."""
    found = _order(order)
    items = tuple(instead if sku == item else sku for sku in found.items)
    SHOP.get().do(context.idempotency_key, "exchange", found, items=items, exchanged=True)
    return Done(order, Decimal(0))


def _order(number: str) -> Order:
    if (found := SHOP.get().orders.get(number)) is None:
        raise NotFound(f"There is no order {number}.")
    return found
