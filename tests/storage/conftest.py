"""A desk at work, over the test's own database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from tests.playbooks import IN_PROGRESS, InForce, gated
from tests.storage.desk import DeskAtWork
from tests.storage.refunds import Refund
from ticketing.people.person import Role


@pytest.fixture
def desk(engine: AsyncEngine, store: Database) -> DeskAtWork:
    return DeskAtWork(engine, store)


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
