"""`threadline replay`, as an admin types it: what the AI decided stays true, and a draft says what it would change."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.ids import new_id
from core.instants import utc_now
from examples.actions.shop import Order, issue_refund
from storage.database import Database
from storage.playbooks import Playbooks
from tests.app.shell import Shell
from tests.storage.desk import DeskAtWork
from tests.ticketing.resolution.refunds import a_conversation
from threadline import Outcome, OutcomeKind, shape_of
from ticketing.customers.customer import Customer
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.context import Looked, policy_context, stored
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Earlier
from ticketing.resolution.record import as_json, verdict_as_json
from ticketing.resolution.run import Run, RunState, Step, StepKind
from ticketing.tickets.ticket import Ticket

Threadline = Callable[..., Awaitable[str]]
RETAIL = Path(__file__).resolve().parents[2] / "examples" / "playbooks" / "retail.yaml"
PROPOSED = {"order": "78932", "amount": "9999.00", "reason": "damaged"}


@pytest.fixture
def typed(threadline: Shell) -> Threadline:
    """In a thread of its own, because a command has an event loop of its own."""

    async def run(*words: str, code: int = 0) -> str:
        return await asyncio.to_thread(lambda: threadline(*words, code=code))

    return run


class Past:
    """Runs as they stand in the record, decided by the playbook in force."""

    def __init__(self, desk: DeskAtWork, playbook: Playbook, ticket: Ticket) -> None:
        self.desk, self.playbook, self.ticket = desk, playbook, ticket

    async def run(self, refundable: str, *, kind: str = "return", days: int = 7, **changed: Any) -> UUID:
        made = Run(
            new_id(),
            self.ticket.id,
            self.ticket.conversation_id,
            self.ticket.customer_id,
            kind,
            self.playbook.version,
            Autonomy.ACT_ALONE,
            utc_now(),
            state=RunState.DONE,
        )
        async with self.desk.start() as uow:
            assert await uow.runs.add(made)
            step = self._decided(refundable, utc_now() - timedelta(days=days))
            await uow.runs.save(made, [replace(step, run_id=made.id, **changed)])
        return made.id

    def _decided(self, refundable: str, delivered_at: Any) -> Step:
        order = {
            "number": "78932",
            "belongs_to_customer": True,
            "status": "delivered",
            "pieces": 1,
            "refundable": refundable,
            "currency": "USD",
            "delivered_at": delivered_at.isoformat(),
        }
        context = policy_context(
            self.ticket,
            self.playbook,
            action=issue_refund.spec,
            conversation=a_conversation(),
            customer=Customer(self.ticket.customer_id, "Ada", utc_now()),
            identities=(),
            proven=True,
            facts={"order": Looked(shape_of(Order), Outcome(OutcomeKind.DONE, order))},
            earlier=Earlier(1, Decimal("40.00")),
            now=utc_now(),
        )
        verdict = judge(self.playbook.action_policies["issue_refund"], PROPOSED, context)
        inputs = {"proposed": as_json(PROPOSED), "context": stored(context), "playbook": self.playbook.version}
        outputs = {"verdict": verdict_as_json(verdict)}
        return Step(new_id(), 0, StepKind.DECIDE, "issue_refund", utc_now(), inputs=inputs, outputs=outputs)


@pytest.fixture
async def past(typed: Threadline, engine: AsyncEngine, store: Database) -> Past:
    await typed("playbook", "apply", str(RETAIL), "--yes")
    desk = DeskAtWork(engine, store)
    ticket = await desk.ticket(await desk.customer_writes(), await desk.person())
    async with store.snapshot() as session:
        return Past(desk, await Playbooks().current(session), ticket)


async def test_a_run_is_judged_again_rule_by_rule(typed: Threadline, past: Past) -> None:
    run = await past.run("150.00")
    told = await typed("replay", str(run))
    for words in ("Step 0, issue_refund", "needs approval, 150.00 USD", "held   in_time", "failed small"):
        assert words in told
    assert "1 decision judged again from the record: the same, rule by rule." in told
    found = json.loads(await typed("replay", f"#{past.ticket.number}", "--json"))
    assert (found["run"], found["same"]) == (str(run), True)


async def test_a_record_that_was_changed_is_loud(typed: Threadline, past: Past) -> None:
    honest = past._decided("150.00", utc_now())
    lied = {"verdict": honest.outputs["verdict"] | {"ruling": "allowed", "decided_by": None, "approval": None}}
    told = await typed("replay", str(await past.run("150.00", outputs=lied)), code=1)
    assert "otherwise now: ruling: recorded allowed, again needs_approval" in told
    assert "NOT THE SAME: 1 of 1 decision." in told
    broken = await past.run("150.00", inputs={"playbook": past.playbook.version})
    assert "is not what this program writes" in await typed("replay", str(broken), code=1)
    gone = await past.run("150.00", inputs={**honest.inputs, "playbook": 99})
    assert "version 99 of the playbook is not there" in await typed("replay", str(gone), code=1)


async def test_a_draft_says_what_would_flip_and_the_money(typed: Threadline, past: Past, tmp_path: Path) -> None:
    for refundable in ("89.00", "150.00", "60.00"):
        await past.run(refundable)
    await past.run("70.00", kind="complaint")
    await past.run("80.00", days=40)
    draft = tmp_path / "draft.yaml"
    strict = RETAIL.read_text(encoding="utf-8").replace("holds: arguments.amount < 100", "holds: arguments.amount < 70")
    draft.write_text(strict, encoding="utf-8")
    found = json.loads(await typed("replay", "--draft", str(draft), "--type", "return", "--json"))
    assert (found["runs"], found["decisions"], found["same"], found["unsaid"]) == (4, 4, 3, [])
    assert found["flips"] == [
        {
            "action": "issue_refund",
            "before": "allowed",
            "after": "needs approval (refund_confirmed)",
            "times": 1,
            "amounts": {"USD": "89.00"},
            "tickets": [past.ticket.number],
        }
    ]
    assert (found["more_out"], found["less_out"]) == ({}, {"USD": "89.00"})
    told = await typed("replay", "--draft", str(draft), "--last", "4")
    assert "4 runs, of which 4 came to a decision; 3 would have come out the same." in told
    assert "not begun" in told
    draft.write_text(strict.replace("lookup_order, with: {order: arg", "find_orders, with: {order: arg"), "utf-8")
    assert "4 cannot be said: the draft asks for facts.order" in await typed("replay", "--draft", str(draft))


async def test_what_makes_no_sense_is_said(typed: Threadline, past: Past, tmp_path: Path) -> None:
    assert "one of the two" in await typed("replay", code=1)
    assert "never worked on ticket #12" in await typed("replay", "12", code=1)
    assert "neither a run nor a ticket's number" in await typed("replay", "twelve", code=1)
    assert "There is no such run" in await typed("replay", str(new_id()), code=1)
    assert "There is no type" in await typed("replay", "--draft", str(RETAIL), "--type", "nothing", code=1)
    assert "0 runs" in await typed("replay", "--draft", str(RETAIL))
    (tmp_path / "broken.yaml").write_text("types: 5", encoding="utf-8")
    await typed("replay", "--draft", str(tmp_path / "broken.yaml"), code=2)
