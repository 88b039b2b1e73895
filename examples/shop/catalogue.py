"""Customers, orders, shipments, stock and returns: what a desk looks up before it decides."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from examples.shop.access import Now, Page, Some, TheShop
from examples.shop.answers import OrderTold, Shipment, shipment, told_order
from examples.shop.problems import Unknown
from examples.shop.shop import Shop
from examples.shop.values import Customer, Order, Product, Quantity, Reason, Return

router = APIRouter()


class ReturnAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[Quantity], Field(min_length=1, max_length=50)]
    reason: Reason
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("/customers", operation_id="list_customers")
async def list_customers(
    shop: TheShop,
    part: Some,
    email: Annotated[str | None, Query(max_length=320)] = None,
    phone: Annotated[str | None, Query(pattern=r"^\+[1-9][0-9]{6,14}$")] = None,
) -> Page[Customer]:
    """All of them, or those with this address or number. Whether it is verified stands beside it: look there."""
    found = [each for each in shop.books.customers.values() if _reached(each, email, phone)]
    items, following = part.of(found, lambda each: each.id)
    return Page(items=items, next=following)


@router.get("/customers/{customer_id}", operation_id="get_customer")
async def get_customer(shop: TheShop, customer_id: str) -> Customer:
    return shop.customer(customer_id)


@router.get("/customers/{customer_id}/orders", operation_id="list_customer_orders")
async def list_customer_orders(shop: TheShop, now: Now, customer_id: str, part: Some) -> Page[OrderTold]:
    """Newest first."""
    orders = shop.books.orders_of(shop.customer(customer_id).id)[::-1]
    items, following = part.of(orders, lambda each: each.number)
    books = shop.books
    return Page(items=[told_order(each, books.gateway, books.returns, now=now) for each in items], next=following)


@router.get("/orders/{number}", operation_id="get_order")
async def get_order(shop: TheShop, now: Now, number: str) -> OrderTold:
    """`number` with or without its #. Whose it is stands in `customer`: whoever asks has to compare."""
    return told_order(shop.order(number), shop.books.gateway, shop.books.returns, now=now)


@router.get("/orders/{number}/shipment", operation_id="get_order_shipment")
async def get_order_shipment(shop: TheShop, now: Now, number: str) -> Shipment:
    return _parcel(shop.order(number), now)


@router.get("/shipments/{tracking}", operation_id="get_shipment")
async def get_shipment(shop: TheShop, now: Now, tracking: str) -> Shipment:
    order = next((each for each in shop.books.orders.values() if each.tracking == tracking.upper()), None)
    if order is None:
        raise Unknown("tracking_unknown", "No parcel of this shop has that tracking number.")
    return _parcel(order, now)


@router.get("/stock", operation_id="list_stock")
async def list_stock(shop: TheShop, part: Some) -> Page[Product]:
    items, following = part.of(shop.books.stock.all(), lambda each: each.sku)
    return Page(items=items, next=following)


@router.get("/stock/{sku}", operation_id="get_stock")
async def get_stock(shop: TheShop, sku: str) -> Product:
    return shop.books.stock.product(sku)


@router.get("/orders/{number}/returns", operation_id="list_returns")
async def list_returns(shop: TheShop, number: str, part: Some) -> Page[Return]:
    """Oldest first."""
    items, following = part.of(shop.books.returns.of(shop.order(number)), lambda each: each.id)
    return Page(items=items, next=following)


@router.post(
    "/orders/{number}/returns", operation_id="create_return", status_code=201, responses={201: {"model": Return}}
)
async def create_return(
    shop: TheShop,
    now: Now,
    request: Request,
    number: str,
    asked: ReturnAsked,
    idempotency_key: Annotated[str | None, Header(description="Of your own choice; required.")] = None,
) -> Response:
    """Open a return. It moves no money. `label_needed` says whether the customer has to send the goods."""
    return shop.keys.once(idempotency_key, request.url.path, asked, lambda: _opened(shop, number, asked, now))


@router.get("/returns/{return_id}", operation_id="get_return")
async def get_return(shop: TheShop, return_id: str) -> Return:
    return shop.books.returns.one(return_id)


def _opened(shop: Shop, number: str, asked: ReturnAsked, now: Now) -> Return:
    return shop.books.returns.create(shop.order(number), asked.lines, asked.reason, asked.note, now=now)


def _parcel(order: Order, now: Now) -> Shipment:
    if (found := shipment(order, now=now)) is None:
        raise Unknown("not_shipped", "The order has not been handed to a carrier yet.")
    return found


def _reached(customer: Customer, email: str | None, phone: str | None) -> bool:
    by_email = email is None or any(each.address.casefold() == email.strip().casefold() for each in customer.emails)
    return by_email and (phone is None or any(each.number == phone for each in customer.phones))
