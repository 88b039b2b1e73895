"""A desk whose record of changes is under checkpoints."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.checkpoints import Checkpoints
from storage.database import Database
from tests.app.audit.tampered import SECRET, Told
from tests.factories import NOW
from tests.storage.desk import DeskAtWork
from ticketing.activity.checkpoint import EVERY
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import person_acting


@pytest.fixture
def desk(engine: AsyncEngine, store: Database) -> DeskAtWork:
    return DeskAtWork(engine, store)


@pytest.fixture
async def told(desk: DeskAtWork, store: Database) -> Told:
    mia = await desk.person("Mia")
    conversation = await desk.customer_writes()
    tickets = [await desk.ticket(conversation, mia, f"Mug {number}") for number in range(3)]
    streams = {number: Stream("ticket", ticket.id) for number, ticket in enumerate(tickets, start=1)}
    records = [Record("status.changed", person_acting(mia), NOW, {"n": 0}, {"n": n}) for n in range(9)]

    async def until(seq: int) -> None:
        async with desk.start() as uow:
            held = await uow.activity._head(streams[1])
            await uow.activity.append(streams[1], records[held.seq : seq])

    await until(4)
    await Checkpoints(store, SECRET).make_due(now=NOW)
    await until(5)
    await Checkpoints(store, SECRET).make_due(now=NOW + EVERY)
    await until(6)
    return Told(streams)
