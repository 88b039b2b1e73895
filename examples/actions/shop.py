"""Actions for the demo shop of examples/shop: look orders up, track parcels, open returns, pay back.

They need THREADLINE_ACTION_SHOP_URL and THREADLINE_ACTION_SHOP_TOKEN. The shop counts in minor units (8900 is 89.00);
here amounts are what people write. Who has to agree to a refund is the playbook's business and not theirs.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from examples.actions.shop_api import ask, money, once, owner, units, verified_owner
from threadline import Context, NotFound, OutcomeUnknown, Refused, action, url_path

OrderNumber = Annotated[str, Field(description="Number of the order, such as 78932", min_length=1, max_length=40)]
Amount = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, such as USD; left out: the order's")]
Reason = Literal["damaged", "wrong_item", "does_not_fit", "not_as_described", "changed_mind", "other"]
# The shop knows fewer reasons than people have.
_SHOP_REASONS = {"does_not_fit": "other"}
_MOST_ORDERS = 20


class Value(BaseModel):
    """Made of what the shop says: a date in its JSON becomes one here, and what is none is refused."""

    model_config = ConfigDict(frozen=True)


class Line(Value):
    sku: str
    name: str
    quantity: int
    price: Decimal  # of one


class Order(Value):
    """`belongs_to_customer`: the owner has a verified address that the customer has proven to have. `email` and `phone`
    are the owner's, and only told where that is so. `pieces`: how many things were ordered, of all lines.
    """

    number: str
    belongs_to_customer: bool
    email: str | None
    phone: str | None
    status: Literal["placed", "shipped", "delivered", "cancelled"]
    items: list[str]
    lines: list[Line]
    pieces: int
    total: Decimal
    refunded: Decimal
    refundable: Decimal
    currency: str
    charge: str
    ordered_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    return_until: datetime | None
    returnable: bool  # it was delivered, and the shop still takes it back


class Found(Value):
    number: str
    status: str
    items: list[str]
    total: Decimal
    currency: str
    ordered_at: datetime


class Orders(Value):
    orders: list[Found]  # newest first
    count: int


class Parcel(Value):
    order: str
    carrier: str
    tracking: str
    delivered: bool
    expected_at: datetime | None
    last_seen: str


class Stock(Value):
    sku: str
    name: str
    price: Decimal
    currency: str
    in_stock: int
    restocked_at: datetime | None


class Return(Value):
    id: str
    order: str
    worth: Decimal
    currency: str
    label_needed: bool  # whether the customer has to send the goods
    label: str | None


class Refund(Value):
    id: str
    order: str
    amount: Decimal
    currency: str
    status: Literal["pending", "settled"]
    arrives_at: datetime  # when it is expected where it was paid from


@action
async def lookup_order(context: Context, order: OrderNumber) -> Order:
    """Look an order up: what was ordered, whether it is this customer's, what was paid and can still be paid back."""
    told = await ask(context, "GET", _order(order))
    whose = await owner(context, told["customer"])
    theirs = verified_owner(context, whose)
    payment, until = told["payment"], told["return_window_ends_at"]
    return Order(
        number=told["number"],
        belongs_to_customer=theirs,
        email=next(iter(whose.emails), None) if theirs else None,
        phone=next(iter(whose.phones), None) if theirs else None,
        status=told["status"],
        items=_items(told),
        lines=[Line.model_validate({**each, "price": money(each["price"])}) for each in told["lines"]],
        pieces=sum(each["quantity"] for each in told["lines"]),
        total=money(told["total"]),
        refunded=units(payment["refunded"]),
        refundable=units(payment["refundable"]),
        currency=told["total"]["currency"],
        charge=payment["id"],
        ordered_at=told["ordered_at"],
        shipped_at=told["shipped_at"],
        delivered_at=told["delivered_at"],
        return_until=until,
        returnable=until is not None and datetime.fromisoformat(until) >= context.now,
    )


@action
async def find_orders(context: Context) -> Orders:
    """List the newest orders of the customer of this ticket, by the addresses that they have proven to have."""
    customer = context.customer
    if customer is None or not (customer.emails or customer.phones):
        raise Refused("Nobody knows which customer of the shop this is: no address of theirs is verified.")
    asked = [{"email": each} for each in customer.emails] + [{"phone": each} for each in customer.phones]
    for query in asked[:4]:
        for one in (await ask(context, "GET", "/customers", query=query))["items"]:
            if verified_owner(context, await owner(context, one["id"])):
                path = url_path("customers", one["id"], "orders")
                told = (await ask(context, "GET", path, query={"limit": _MOST_ORDERS}))["items"]
                return Orders(orders=[_found(each) for each in told], count=len(told))
    raise NotFound("The shop knows no customer with an address that this one has proven to have.")


@action
async def track_parcel(context: Context, order: OrderNumber) -> Parcel:
    """Say where the parcel of an order is, and when it is expected."""
    told = await ask(context, "GET", _order(order, "shipment"))
    return Parcel(
        order=told["order"],
        carrier=told["carrier"],
        tracking=told["tracking"],
        delivered=told["delivered"],
        expected_at=told["expected_at"],
        last_seen=told["events"][-1]["what"] if told["events"] else "",
    )


@action
async def check_stock(
    context: Context, sku: Annotated[str, Field(description="Such as TEAPOT-09", min_length=1, max_length=40)]
) -> Stock:
    """Say how many of a product there are, what it costs, and when more comes."""
    told = await ask(context, "GET", url_path("stock", sku))
    price = told["price"]
    return Stock.model_validate({**told, "price": money(price), "currency": price["currency"]})


@action(writes=True, may=("ai", "agent", "automation"), idempotent=True)
async def create_return(
    context: Context, order: OrderNumber, reason: Reason, note: Annotated[str, Field(max_length=500)] = ""
) -> Return:
    """Open a return of everything in an order. It moves no money; it says whether the goods have to be sent."""
    found = await ask(context, "GET", _order(order))
    body = {
        "lines": [{"sku": each["sku"], "quantity": each["quantity"]} for each in found["lines"]],
        "reason": _SHOP_REASONS.get(reason, reason),
        "note": note,
    }
    told = await ask(context, "POST", _order(order, "returns"), json=body, headers=once(context))
    worth = told["worth"]
    return Return.model_validate({**told, "worth": money(worth), "currency": worth["currency"]})


@action(writes=True, may=("ai", "agent", "automation"), idempotent=True, fills={"refund_amount": "amount"})
async def issue_refund(
    context: Context,
    order: OrderNumber,
    amount: Amount,
    currency: Currency | None = None,
    reason: Reason | None = None,
) -> Refund:
    """Pay back what was paid for an order, or a part of it, to where the money came from."""
    payment = (await ask(context, "GET", _order(order)))["payment"]
    # Whether so much is left is the gateway's to say: asked again after an answer that got lost, nothing would be left.
    asked = {"amount": int(amount * 100), "currency": currency or payment["taken"]["currency"]}
    path = url_path("payments", payment["id"], "refunds")
    told = await ask(context, "POST", path, json={**asked, "reason": reason or ""}, headers=once(context))
    given = told["given"]
    if given != asked:
        raise OutcomeUnknown("The gateway's answer is about another amount than it was asked for.")
    return Refund.model_validate(
        {**told, "amount": money(given), "currency": given["currency"], "arrives_at": told["settles_at"]}
    )


def _order(number: str, *further: str) -> str:
    return url_path("orders", number.strip().removeprefix("#"), *further)


def _items(told: dict[str, Any]) -> list[str]:
    return [f"{each['quantity']} × {each['name']}" for each in told["lines"]]


def _found(told: dict[str, Any]) -> Found:
    total = told["total"]
    return Found(
        number=told["number"],
        status=told["status"],
        items=_items(told),
        total=money(total),
        currency=total["currency"],
        ordered_at=told["ordered_at"],
    )
