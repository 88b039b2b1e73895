"""A run on the card: one more question where there is one, and none where there is not."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from core.errors import NotFound
from core.ids import new_id
from storage.database import Session, understand_json
from storage.engine import plain_dsn
from storage.rooms import SqlRooms
from tests.factories import NOW, after
from tests.storage.refunds import Refund
from tests.storage.test_approving_actions import ask
from tests.storage.test_plans import OneSession
from tests.storage.test_runs import a_run
from tests.ticketing.resolution.runs import PLAYBOOK, STEPS
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run, RunState, Step
from ticketing.resolution.shown import shown_run
from ticketing.tickets.card import TicketCard


def steps_of(run: Run) -> list[Step]:
    return [
        replace(step, run_id=run.id, key=f"run:{run.id}:{step.place}" if step.key is not None else None)
        for step in STEPS
    ]


async def kept(refund: Refund, run: Run) -> Run:
    refund.playbooks.playbook = PLAYBOOK
    async with refund.at_work.start() as uow:
        assert await uow.runs.add(run)
        return await uow.runs.save(run, steps_of(run))


async def card(refund: Refund, database: str) -> tuple[TicketCard, int]:
    """The card, and in how many statements it was read."""
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    sent: list[str] = []
    raw.add_query_logger(lambda record: sent.append(record.query))
    found = await SqlRooms(OneSession(Session(raw)), refund.playbooks).card(refund.ticket.id)
    await asyncio.sleep(0)  # asyncpg tells of a statement a turn of the loop later
    await raw.close()
    return found, len([each for each in sent if "typeinfo_tree" not in each and "jit" not in each])


async def test_a_ticket_without_a_run_costs_no_question_more(refund: Refund, database: str) -> None:
    before, statements = await card(refund, database)
    assert (before.run, statements) == (None, 1)
    await kept(refund, a_run(refund.ticket))
    with_run, statements = await card(refund, database)
    assert (with_run.run is not None, statements) == (True, 2)


async def test_it_is_shown_as_it_was_kept(refund: Refund, database: str) -> None:
    asked = await ask(refund)
    run = await kept(
        refund,
        a_run(
            refund.ticket,
            state=RunState.WAITING_FOR_APPROVAL,
            approval_id=asked.id,
            agreed=refund.mia.id,
            recipe="refund",
            arguments={"currency": "USD"},
        ),
    )
    found, _ = await card(refund, database)
    assert found.run is not None
    plain = shown_run(run, steps_of(run), PLAYBOOK)
    assert (found.run.steps, found.run.facts, found.run.rules) == (plain.steps, plain.facts, plain.rules)
    assert (found.run.approval, found.run.approval_id, found.run.agreed_by) == ("Refund over 200", asked.id, "Mia")
    assert found.run.decided_by is None
    assert found.run.who == "a supervisor of its team or an admin"


async def test_of_several_runs_the_newest_is_shown_and_what_runs_in_the_shadow_never(
    refund: Refund, database: str
) -> None:
    over = {"state": RunState.HANDED_OVER, "ended_at": NOW}
    await kept(refund, a_run(refund.ticket, **over))
    newest = await kept(refund, a_run(refund.ticket, begun_at=after(5), **over))
    await kept(refund, a_run(refund.ticket, begun_at=after(9), autonomy=Autonomy.SHADOW))
    found, _ = await card(refund, database)
    assert found.run is not None
    assert found.run.id == newest.id


async def test_one_that_there_is_not_is_not_shown(refund: Refund) -> None:
    rooms = SqlRooms(refund.at_work.database, refund.playbooks)
    run = await kept(refund, a_run(refund.ticket))
    assert (await rooms.run(run.id)).id == run.id
    with pytest.raises(NotFound, match="no such run"):
        await rooms.run(new_id())
