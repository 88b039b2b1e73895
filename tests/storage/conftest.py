"""A desk at work, over the test's own database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from emulators.server import Served
from examples.shop.api import application
from examples.shop.shop import Shop
from storage.database import Database
from tests.factories import NOW
from tests.playbooks import IN_PROGRESS, InForce, gated
from tests.shop.opening import seed
from tests.storage.desk import DeskAtWork
from tests.storage.refunds import Refund
from tests.storage.resolving import Resolving
from ticketing.people.person import Role


@pytest.fixture
def desk(engine: AsyncEngine, store: Database) -> DeskAtWork:
    return DeskAtWork(engine, store)


@pytest.fixture
async def shop() -> AsyncIterator[tuple[Shop, str]]:
    """The demo shop, open on a socket at the instant of these tests, and its address."""
    made = Shop(key="the key", seed=seed(), now=NOW)
    made.clock.set(NOW, running=False)
    async with Served(application(made)) as served:
        yield made, served.url


@pytest.fixture
async def resolving(desk: DeskAtWork, shop: tuple[Shop, str]) -> AsyncIterator[Resolving]:
    """Sara supervises the desk's one team, Mia works in it."""
    opened, url = shop
    settings = {"shop_url": url, "shop_token": "the key"}
    await desk.desk.add_team("Support", "C1")
    made = Resolving(desk, settings, opened, await desk.person("Mia"), await desk.person("Sara", Role.SUPERVISOR))
    yield made
    await made.actions.close()


@pytest.fixture
async def refund(engine: AsyncEngine, store: Database) -> Refund:
    at_work = DeskAtWork(engine, store)
    at_work.playbooks = playbooks = InForce(gated())
    await at_work.desk.add_team("Support", "C1")
    mia, ada = await at_work.person("Mia"), await at_work.person("Ada", Role.ADMIN)
    sara, omar = await at_work.person("Sara", Role.SUPERVISOR), await at_work.person("Omar", Role.SUPERVISOR)
    ticket = await at_work.ticket(await at_work.customer_writes(), mia)
    await at_work.desk.assign(ticket.id, mia.id, by=mia)
    ticket = await at_work.desk.change_status(ticket.id, IN_PROGRESS, by=mia)
    made = Refund(at_work, playbooks, ticket, mia, sara, omar, ada)
    await made.set(refund_amount="250.00", order_number="78932")
    return made
