"""How runs are going, in numbers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import asyncpg

from storage.database import understand_json
from storage.engine import plain_dsn
from storage.queries import run_numbers as module
from tests.factories import NOW
from tests.storage.desk import DeskAtWork
from tests.storage.test_plans import SMALL, _plan_of, _scanned, grown
from tests.storage.test_runs import a_run
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.numbers import RunNumbers
from ticketing.resolution.run import RunState


async def test_runs_are_counted_by_state_and_what_they_gave_by_month(desk: DeskAtWork) -> None:
    ticket = await desk.ticket(await desk.customer_writes(), await desk.person())
    async with desk.start() as uow:
        assert await uow.runs.numbers(at=NOW) == RunNumbers({}, {}, {}, {}, None)
        for seconds in (1, 3):
            run = a_run(ticket)
            await uow.runs.add(run)
            await uow.runs.save(replace(run, state=RunState.DONE, ended_at=NOW + timedelta(seconds=seconds)))
        old = a_run(ticket, autonomy=Autonomy.SUGGEST)
        await uow.runs.add(old)
        await uow.runs.save(replace(old, state=RunState.STOPPED, ended_at=NOW - timedelta(hours=2)))
        await uow.runs.add(a_run(ticket, autonomy=Autonomy.SUGGEST, state=RunState.SUGGESTED))
        uow.runs.spend("return", at=NOW, runs=4, amount=Decimal("89.00"))
        uow.runs.spend("return", at=NOW - timedelta(days=40), runs=9)
    async with desk.start() as uow:
        found = await uow.runs.numbers(at=NOW + timedelta(minutes=1))
    assert found.open == {("suggested", "suggest"): 1}
    assert found.ended == {("done", "act_alone"): 2}
    assert (found.begun, found.given) == ({"return": 4}, {"return": Decimal("89.00")})
    assert found.seconds == (2.0, 2.9)


async def test_asking_costs_the_same_whatever_there_was(database: str) -> None:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    await raw.execute(grown(10_000))
    for statement, values in ((module.OPEN, 0), (module.ENDED, 1)):
        query = str(statement).replace(":since", "$1")
        assert _scanned(await _plan_of(raw, query, values)) - SMALL == set(), query
    await raw.close()
