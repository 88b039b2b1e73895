"""What the doctor says of a desk with Socket Mode, and what its bot process notes for that."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import cli
from app.processes.bot import run
from app.settings import Settings
from emulators.slack import Workspace
from emulators.waiting import until


@pytest.fixture
async def workspace(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workspace]:
    made = Workspace(limits=False)
    async with made.serve():
        monkeypatch.setenv("DATABASE_URL", database)
        monkeypatch.setenv("SLACK_BOT_TOKEN", made.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", made.app_token)
        monkeypatch.setenv("SLACK_API_URL", f"{made.base_url}/api/")
        yield made


async def doctor() -> str:
    """In a thread: the command has an event loop of its own."""
    return (await asyncio.to_thread(CliRunner(env={"COLUMNS": "300"}).invoke, cli, ["doctor"])).stdout


async def noted(engine: AsyncEngine) -> list[tuple[str | None]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT error FROM feed WHERE channel = 'slack'"))
        return [tuple(row) for row in rows]


async def test_a_bot_process_that_runs_is_no_finding_and_one_that_is_gone_is(
    workspace: Workspace, engine: AsyncEngine, database: str
) -> None:
    assert "The bot process has never run" in await doctor()

    stop = asyncio.Event()
    process = asyncio.create_task(run(Settings(), database, stop))
    await asyncio.wait_for(workspace.sockets.until_connected(), 10)
    await until(lambda: noted(engine), "its first word")
    assert await noted(engine) == [(None,)]
    assert "bot process" not in await doctor()
    stop.set()
    await asyncio.wait_for(process, 10)

    async with engine.begin() as connection:
        await connection.execute(text("UPDATE feed SET looked_at = now() - interval '4 minutes'"))
    assert "! The bot process has been gone since" in await doctor()


async def test_a_socket_that_cannot_be_opened_is_a_finding_with_the_reason(
    workspace: Workspace, engine: AsyncEngine, database: str
) -> None:
    workspace.faults.next("apps.connections.open", status=503, times=99)
    stop = asyncio.Event()
    process = asyncio.create_task(run(Settings(), database, stop))
    await until(lambda: noted(engine), "its first word")
    said = await doctor()
    assert "! There is no socket to Slack since" in said
    assert ": Slack is in trouble of its own." in said
    assert "it may have done it" not in said
    stop.set()
    await asyncio.wait_for(process, 10)
