"""A shop that is open, and a desk that knows its key."""

from collections.abc import AsyncIterator, Callable

import pytest

from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import load_actions
from tests.shop.conftest import MONDAY, client, shop, url
from threadline import Actor, Context, Customer, Identity

__all__ = ["client", "shop", "url"]  # fixtures

Asking = Callable[..., Context]


@pytest.fixture
async def actions(url: str) -> AsyncIterator[CallableActions]:
    settings = {"shop_url": url, "shop_token": "the key"}
    desk = DeskActions(load_actions(["examples.actions.shop"], installed=False), settings=settings)
    yield desk.installed
    await desk.close()


def asking(*addresses: str, key: str = "k", verified: bool = True, kind: str = "ai") -> Context:
    """For a customer of these addresses; without any, for nobody."""
    identities = tuple(Identity("any", each, verified) for each in addresses)
    customer = Customer("Clara", identities=identities) if addresses else None
    return Context(Actor(kind, "Threadline AI"), MONDAY, key, customer=customer)


CLARA = "clara@customer.example"
