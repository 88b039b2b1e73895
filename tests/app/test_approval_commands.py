"""`threadline approvals` and `people delegate`, as an admin types them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.instants import utc_now
from storage.database import Database
from tests.app.shell import Shell
from tests.playbooks import IN_PROGRESS, RESOLVED, gated
from tests.storage.desk import DeskAtWork
from ticketing.approvals.approval import Verdict
from ticketing.people.person import Role

Threadline = Callable[..., Awaitable[str]]


@pytest.fixture
def typed(threadline: Shell) -> Threadline:
    """In a thread of its own, because a command has an event loop of its own."""

    async def run(*words: str) -> str:
        return await asyncio.to_thread(threadline, *words)

    return run


async def test_the_story_of_an_approval_answers_why_it_was_allowed(
    typed: Threadline, engine: AsyncEngine, store: Database
) -> None:
    desk = DeskAtWork(engine, store)
    desk.follow(gated(when=None))
    await desk.desk.add_team("Support", "C1")
    mia, sara = await desk.person("Mia"), await desk.person("Sara", Role.SUPERVISOR)
    ben = await desk.person("Ben")
    until = f"{utc_now() + timedelta(days=30):%Y-%m-%d}"
    said = await typed("people", "delegate", sara.email, "--to", ben.email, "--until", until)
    assert said.strip() == f"{ben.email} decides for {sara.email} until {until}."
    ticket = await desk.ticket(await desk.customer_writes(), mia)
    await desk.desk.assign(ticket.id, mia.id, by=mia)
    await desk.desk.change_status(ticket.id, IN_PROGRESS, by=mia)
    asked = await desk.desk.request_approval(ticket.id, RESOLVED, "It broke.", by=mia)
    (row,) = json.loads(await typed("approvals", "list", "--json"))
    assert (row["id"], row["label"], row["state"]) == (str(asked.id), "Refund over 200", "waiting")
    await desk.desk.decide(asked.id, Verdict.REJECT, by=ben, reason="Too much.")
    assert "No approval waits." in await typed("approvals", "list")
    story = await typed("approvals", "show", str(asked.id))
    for words in (
        "Refund over 200: rejected",
        "Ticket #1, In progress → Resolved; rule refund_over_200 of playbook version 7",
        "Asked for by Mia: It broke.",
        f"Fingerprint of what was asked: {asked.fingerprint}",
        "Ben for Sara: reject: Too much.",
        "approval.requested by Mia",
        "approval.decided by Ben (verdict: reject, state: rejected)",
    ):
        assert words in story
    assert f"{sara.email} decides for themselves again." in await typed("people", "delegate", sara.email, "--end")
