"""The shop's page at /: customers, orders, refunds and returns as they are now. It changes nothing, and runs no script.

Names and reasons come from callers: the templates escape them.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from examples.shop.access import TheShop
from examples.shop.answers import RefundStatus, told_order, told_refund, way_back
from examples.shop.shop import Shop
from examples.shop.values import Destination, in_words

router = APIRouter()
_HERE = Path(__file__).parent / "templates"
_MOST = 50  # of each list


@router.get("/", include_in_schema=False)
async def show(shop: TheShop) -> Response:
    html = _templates().get_template("shop.html").render(**_told(shop), style=_style())
    return HTMLResponse(html, headers={"Content-Security-Policy": _policy(), "Cache-Control": "no-store"})


def _told(shop: Shop) -> Mapping[str, Any]:
    """What the template shows."""
    books, now = shop.books, shop.clock.now()
    refunds = [told_refund(each, now=now) for each in books.gateway.all()]
    orders = list(books.orders.values())[: -_MOST - 1 : -1]
    return {
        "shop": books.name,
        "now": now,
        "customers": list(books.customers.values())[:_MOST],
        "names": {each.id: each.name for each in books.customers.values()},
        "orders": [told_order(each, books.gateway, books.returns, now=now) for each in orders],
        "refunds": [(each, books.gateway.charge(each.charge)) for each in refunds[: -_MOST - 1 : -1]],
        "refunds_made": len(refunds),
        "returns": [(each, way_back(each)) for each in books.returns.all()[: -_MOST - 1 : -1]],
        "stock": books.stock.all()[:_MOST],
        "pending": sum(each.status is RefundStatus.PENDING for each in refunds),
        "calls": shop.ledger.count,
        "faults": len(shop.faults.left()),
        "gift_card": Destination.GIFT_CARD,
        "policy": books.policy,
    }


def _day(instant: datetime | None) -> str:
    return "–" if instant is None else f"{instant:%d %b}".lstrip("0")


def _policy() -> str:
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return (_HERE / "shop.css").read_text()


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["day"] = _day
    made.globals["money"] = in_words
    return made
