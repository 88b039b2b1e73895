"""The demo shop with many small orders, each of another customer, which thinks for a moment about each request.

`python -m bench.slow_shop --port 8300 --key K --orders 1000 --milliseconds 5`
"""

import argparse
import asyncio

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.shop.api import application
from examples.shop.seed import Seed
from examples.shop.shop import Shop

FIRST = 100_001  # number of the first order


def phone(number: int) -> str:
    """Of whoever placed this order, verified."""
    return f"+1415{number:07d}"


def seed(orders: int) -> Seed:
    """Each of one mug, delivered six days ago and not paid back."""
    numbers = range(FIRST, FIRST + orders)
    return Seed.model_validate(
        {
            "name": "Kiln & Kettle",
            "currency": "USD",
            "policy": {"return_window_days": 30, "keep_below": 10000, "refund_working_days": 3},
            "products": [{"sku": "MUG-OAT", "name": "Stoneware mug, oat", "price": 1800, "in_stock": 42}],
            "customers": [_customer(number) for number in numbers],
            "orders": [_order(number) for number in numbers],
        }
    )


def _customer(number: int) -> dict[str, object]:
    phones = [{"number": phone(number), "verified": True}]
    return {"id": f"cus_{number}", "name": "Jo Lind", "tier": "standard", "emails": [], "phones": phones}


def _order(number: int) -> dict[str, object]:
    return {
        "number": str(number),
        "customer": f"cus_{number}",
        "lines": [{"sku": "MUG-OAT", "quantity": 1}],
        "paid": {"method": "card", "brand": "Visa", "last4": "4242"},
        "ordered": "9 days ago",
        "shipped": "8 days ago",
        "delivered": "6 days ago",
        "carrier": "Parcel Post",
    }


class _Thinking:
    """Every request waits so many seconds before the shop looks at it; others meanwhile do not wait for it."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.slow_shop", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--milliseconds", type=float, default=5.0)
    arguments = parser.parse_args()
    shop = application(Shop(key=arguments.key, seed=seed(arguments.orders)))
    slow = _Thinking(shop, arguments.milliseconds / 1000)
    uvicorn.run(slow, host="127.0.0.1", port=arguments.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
