"""What the doctor says of runs that do not get on, and of what they may have done."""

from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.findings import of_runs
from storage.database import understand_json
from storage.engine import plain_dsn
from storage.queries import hanging as module
from storage.queries.hanging import Hanging, hanging
from tests.storage.refunds import Refund
from tests.storage.test_approving_actions import ask
from tests.storage.test_plans import SMALL, _plan_of, _scanned, grown
from tests.storage.test_runs import a_run, an_act
from ticketing.resolution.run import Run, RunState, Step

HOUR = timedelta(hours=1)


async def begun(refund: Refund, *steps: Step, **fields: object) -> Run:
    async with refund.at_work.start() as uow:
        run = a_run(refund.ticket, **fields)
        assert await uow.runs.add(run)
        return await uow.runs.save(run, [replace(step, run_id=run.id, key=f"run:{run.id}") for step in steps])


async def look(refund: Refund, later: timedelta) -> Hanging:
    return await hanging(refund.at_work.engine, now=refund.at_work.now + later)


async def test_a_run_without_a_step_for_ten_minutes_hangs(refund: Refund) -> None:
    late = refund.at_work.now + timedelta(minutes=5)
    await begun(refund, an_act(a_run(refund.ticket), begun_at=late, ended_at=late))
    assert await look(refund, timedelta(minutes=14)) == Hanging()
    assert await look(refund, timedelta(minutes=16)) == Hanging(still=("#1",))


async def test_one_that_tries_again_and_again_is_told_of_after_an_hour(refund: Refund) -> None:
    await begun(refund, trying_since=refund.at_work.now)
    assert await look(refund, HOUR) == Hanging()
    assert await look(refund, HOUR + timedelta(seconds=1)) == Hanging(away=("#1",))


async def test_one_that_waits_for_what_was_decided_hangs(refund: Refund) -> None:
    asked = await ask(refund)
    await begun(refund, state=RunState.WAITING_FOR_APPROVAL, approval_id=asked.id)
    assert await look(refund, HOUR) == Hanging()
    await refund.approve(asked, refund.sara)
    assert await look(refund, HOUR) == Hanging(settled=("#1",))


async def test_what_may_have_been_done_is_told_until_somebody_has_settled_the_ticket(refund: Refund) -> None:
    over = {"state": RunState.HANDED_OVER, "ended_at": refund.at_work.now}
    await begun(refund, an_act(a_run(refund.ticket), outcome="unknown"), **over)
    assert await look(refund, HOUR) == Hanging(unknown=("issue_refund for #1",))
    assert await look(refund, timedelta(days=4)) == Hanging()
    await refund.set(refund_amount="150.00")
    await refund.at_work.desk.change_status(refund.ticket.id, "resolved", by=refund.mia)
    assert await look(refund, HOUR) == Hanging()


async def test_looking_costs_what_is_open_whatever_there_was(database: str, engine: AsyncEngine) -> None:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    await raw.execute(grown(10_000))
    for statement in (module.STILL, module.AWAY, module.SETTLED, module.UNKNOWN):
        query = str(statement).replace(":quiet", "$1").replace(":away", "$1").replace(":lately", "$1")
        assert _scanned(await _plan_of(raw, query, 1)) - SMALL == set(), query
    await raw.close()


@pytest.mark.parametrize("kind", ["still", "away", "settled", "unknown"])
def test_each_is_a_finding_with_something_to_do(kind: str) -> None:
    (found,) = of_runs(Hanging(**{kind: ("#1", "#2")}))
    assert "#1, #2" in found.what
    assert found.todo
    assert of_runs(Hanging()) == []
