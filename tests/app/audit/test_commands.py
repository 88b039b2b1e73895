"""`threadline audit`, as an admin types it."""

import asyncio
import json
from pathlib import Path

import pytest

from core.instants import utc_now
from storage.checkpoints import Checkpoints
from storage.database import Database
from tests.app.audit.tampered import SECRET
from tests.app.shell import Shell
from tests.storage.desk import DeskAtWork
from ticketing.activity.checkpoint import Signer


async def test_an_admin_verifies_and_exports(
    desk: DeskAtWork, store: Database, threadline: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*words: str, code: int = 0) -> str:
        return await asyncio.to_thread(threadline, *words, code=code)

    await desk.ticket(await desk.customer_writes(), await desk.person("Mia"))
    assert "no clock runs, or newer checkpoints were removed" in await run("audit", "verify", code=3)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    await Checkpoints(store, SECRET).make_due(now=utc_now())
    data = json.loads(await run("audit", "verify", "--json"))
    assert (data["proven"], data["findings"], data["checkpoints"], data["uncovered_records"]) == (True, [], 1, 0)
    assert "nothing was altered, removed or cut off" in await run("audit", "verify", "--witness", data["witness"])
    assert (await run("audit", "key")).strip() == Signer(SECRET.encode()).public
    said = await run("audit", "export", "--ticket", "1", "--out", "one.jsonl")
    assert f"one.jsonl holds a part of the record: 1 records of 1 streams, {data['checkpoints']} checkpoints." in said
    assert "There is no ticket #9." in await run("audit", "export", "--ticket", "9", "--out", "nine.jsonl", code=1)
    await desk.rows_changed("UPDATE activity SET actor_name = 'Eve' WHERE stream_kind = 'ticket'")
    assert "Ticket #1: record 1 (ticket.opened by Eve" in await run("audit", "verify", code=1)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")  # it is not asked
    assert "nothing was altered, removed or cut off" in await run("audit", "verify", "--file", "one.jsonl")
    forged = Path("one.jsonl").read_text().replace('"Mia"', r'"Mia\u001b[2K\u009b1A[red]"')
    Path("forged.jsonl").write_text(forged)
    said = await run("audit", "verify", "--file", "forged.jsonl", code=1)  # it cannot wipe out what is said of it
    assert "ticket.opened by Mia[2K1A[red], " in " ".join(said.split())
    Path("forged.jsonl").write_text('{"\\u001b[2K": 1}\n')
    assert "“[2K” stands where" in await run("audit", "verify", "--file", "forged.jsonl", code=2)
    assert "No such file" in await run("audit", "verify", "--file", "none.jsonl", code=2)
