"""`threadline runs`, as somebody types it who has never seen a run."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.ids import new_id
from core.instants import utc_now
from storage.database import Database
from tests.app.shell import Shell
from tests.storage.desk import DeskAtWork
from tests.ticketing.resolution.runs import DONE, STEPS
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run

Threadline = Callable[..., Awaitable[str]]


@pytest.fixture
def typed(threadline: Shell) -> Threadline:
    """In a thread of its own, because a command has an event loop of its own."""

    async def run(*words: str, code: int = 0) -> str:
        return await asyncio.to_thread(partial(threadline, *words, code=code))

    return run


async def kept(desk: DeskAtWork, **fields: object) -> Run:
    """A run that is over, with its steps, over a new ticket."""
    ticket = await desk.ticket(await desk.customer_writes(), await desk.person())
    about = replace(DONE, **fields)  # type: ignore[arg-type]
    run = replace(
        about, id=new_id(), ticket_id=ticket.id, conversation_id=ticket.conversation_id, customer_id=ticket.customer_id
    )
    async with desk.start() as uow:
        assert await uow.runs.add(run)
        keys = (f"run:{run.id}:{step.place}" if step.key else None for step in STEPS)
        return await uow.runs.save(
            run, [replace(step, run_id=run.id, key=key) for step, key in zip(STEPS, keys, strict=True)]
        )


async def test_the_story_of_a_run_is_told_from_the_top(typed: Threadline, engine: AsyncEngine, store: Database) -> None:
    desk = DeskAtWork(engine, store)
    run = await kept(desk)
    (row,) = json.loads(await typed("runs", "list", "--json"))
    assert (row["id"], row["ticket"], row["state"], row["amount"]) == (str(run.id), 1, "done", "89.00")
    told = await typed("runs", "list")
    for words in (
        "#1",
        "return",
        "refund 89.00",
        "act alone",
        "done",
        "23 Nov 09:00",
        "4.2 s",
        str(run.id),
        "runs show 1",
    ):
        assert words in told, told
    assert "No run is open." in await typed("runs", "list", "--open")
    told = await typed("runs", "show", "1")
    assert told == await typed("runs", "show", str(run.id))
    assert told.splitlines() == [
        f"Run {run.id} over ticket #1 (return): A broken mug",
        "issue refund 89.00 USD: done in 4.2 s",
        "Autonomy: act alone; decided by playbook version 1",
        "Began 2026-11-23 09:00:00 UTC",
        "   +0.0 s  ✓ the brain (offline) proposes: issue refund  (0.1 s)",
        "             It arrived broken.",
        "   +1.0 s  ✓ order 78932 found  (0.1 s)",
        "   +2.0 s  ✓ 2 of 2 rules hold: allowed  (0.1 s)",
        "             ✓ theirs, small",
        "             All rules hold.",
        "   +3.0 s  ✓ filled in refund amount, order number  (0.1 s)",
        "   +4.0 s  ✓ issue refund 89.00 USD  (0.1 s)",
        f"             known to the other side as run:{run.id}:4",
        "   +5.0 s  ✓ now Resolved  (0.1 s)",
        "   +6.0 s  ✓ told the customer: refund sent  (0.1 s)",
        "What the rules looked at:",
        "    Order courier: none",
        "    Order delivered: 16 Nov 2026",
        "    Order number: 78932",
        "    Order refunded: no",
        "    Order total: 89",
        "In the end: Refund: done.",
    ]
    story = json.loads(await typed("runs", "show", str(run.id), "--json"))
    assert [each["mark"] for each in story["run"]["steps"]] == ["✓"] * 7


async def test_what_it_would_have_done_is_scored(typed: Threadline, engine: AsyncEngine, store: Database) -> None:
    assert "in the shadow, or suggested, nowhere" in await typed("runs", "score")
    desk = DeskAtWork(engine, store)
    now = utc_now()
    shadow = {"autonomy": Autonomy.SHADOW, "begun_at": now, "ended_at": now + timedelta(seconds=2)}
    await kept(desk, **shadow, recipe=None)
    (row,) = json.loads(await typed("runs", "score", "--json"))
    assert (row["type"], row["autonomy"], row["runs"], row["left"], row["precision"]) == (
        "return",
        "shadow",
        1,
        1,
        None,
    )
    assert await typed("runs", "score") == ("return, no recipe (shadow): nothing to judge yet\n    left to people 1\n")


async def test_what_is_no_run_is_said_to_be_none(typed: Threadline) -> None:
    assert "has never worked on ticket #7" in await typed("runs", "show", "7", code=1)
    assert "“gone” is neither a run nor a ticket's number" in await typed("runs", "show", "gone", code=1)
    assert "There is no such run" in await typed("runs", "show", str(new_id()), code=1)
