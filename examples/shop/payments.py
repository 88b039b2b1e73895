"""The payment gateway's endpoints: charges, and refunds of them under an Idempotency-Key."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from examples.shop.access import Now, Page, Some, TheShop
from examples.shop.answers import ChargeTold, RefundTold, told_charge, told_refund
from examples.shop.shop import Shop
from examples.shop.values import Amount, Currency, Destination, Money

router = APIRouter()


class RefundAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    amount: Amount
    currency: Currency
    to: Destination = Destination.ORIGINAL
    reason: Annotated[str, Field(max_length=500)] = ""


@router.get("/payments/{charge}", operation_id="get_charge")
async def get_charge(shop: TheShop, charge: str) -> ChargeTold:
    return told_charge(shop.books.gateway.charge(charge), shop.books.gateway)


@router.get("/payments/{charge}/refunds", operation_id="list_refunds")
async def list_refunds(shop: TheShop, now: Now, charge: str, part: Some) -> Page[RefundTold]:
    """Oldest first."""
    items, following = part.of(shop.books.gateway.of(charge), lambda each: each.id)
    return Page(items=[told_refund(each, now=now) for each in items], next=following)


@router.post(
    "/payments/{charge}/refunds",
    operation_id="refund_charge",
    status_code=201,
    responses={201: {"model": RefundTold}},
)
async def refund_charge(
    shop: TheShop,
    now: Now,
    request: Request,
    charge: str,
    asked: RefundAsked,
    idempotency_key: Annotated[str | None, Header(description="Of your own choice; required.")] = None,
) -> Response:
    """Send money back to where it came from, or onto a gift card; never more than was taken in total.

    The same key with the same body answers as the first time, whatever has happened since; with another body: 422.
    """
    return shop.keys.once(idempotency_key, request.url.path, asked, lambda: _refunded(shop, charge, asked, now))


@router.get("/refunds/{refund_id}", operation_id="get_refund")
async def get_refund(shop: TheShop, now: Now, refund_id: str) -> RefundTold:
    """`status` is pending until `settles_at`, then settled."""
    return told_refund(shop.books.gateway.one(refund_id), now=now)


def _refunded(shop: Shop, charge: str, asked: RefundAsked, now: Now) -> RefundTold:
    given = Money(amount=asked.amount, currency=asked.currency)
    return told_refund(shop.books.gateway.refund(charge, given, asked.to, asked.reason, now=now), now=now)
