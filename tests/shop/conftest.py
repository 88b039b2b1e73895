"""A shop that is open, and somebody who knows its key."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from emulators.server import Served
from examples.shop.api import application
from examples.shop.shop import Shop
from tests.shop.opening import seed

_HEADERS = {"Authorization": "Bearer the key"}
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    """Opened on a Monday; its clock stands still."""
    made = Shop(key="the key", seed=seed())
    made.clock.set(MONDAY, running=False)
    made.open()
    return made


@pytest.fixture
async def url(shop: Shop) -> AsyncIterator[str]:
    async with Served(application(shop)) as served:
        yield served.url


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers=_HEADERS, verify=False, trust_env=False) as made:
        yield made


async def refund(client: httpx.AsyncClient, number: str, amount: int, *, key: str, **further: Any) -> httpx.Response:
    """Ask for a refund of the order of this number, in minor units of USD unless `currency` says otherwise."""
    body = {"amount": amount, "currency": "USD", **further}
    return await client.post(f"/payments/ch_{number}/refunds", json=body, headers={"Idempotency-Key": key})


async def open_return(
    client: httpx.AsyncClient, number: str, sku: str, *, key: str, quantity: int = 1, reason: str = "damaged"
) -> httpx.Response:
    body = {"lines": [{"sku": sku, "quantity": quantity}], "reason": reason}
    return await client.post(f"/orders/{number}/returns", json=body, headers={"Idempotency-Key": key})
