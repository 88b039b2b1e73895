"""Processes end when asked, when their parent is gone, and come back when they die."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.processes.clock import LOCK
from app.processes.up import run_processes
from app.settings import HOME
from emulators.waiting import until
from storage.engine import plain_dsn

ENDED_CLEANLY = 0

_ELECTED = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_dsn(database))
    yield connection
    await connection.close()


async def _until_elected(admin: asyncpg.Connection) -> None:
    """The sign that a clock process has come up."""

    async def elected() -> bool:
        return bool(await admin.fetchval(_ELECTED, LOCK & 0xFFFF_FFFF))

    await until(elected, "a clock to be elected", patience=60)


async def _a_clock_process(database: str, where: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app", "clock", "--lifeline"),
        stdin=asyncio.subprocess.PIPE,
        cwd=where,
        env={**os.environ, "DATABASE_URL": database, "PYTHONPATH": str(HOME), "LOG_LEVEL": "error"},
    )


async def test_it_ends_with_its_lifeline(database: str, admin: asyncpg.Connection, tmp_path: Path) -> None:
    process = await _a_clock_process(database, tmp_path)
    await _until_elected(admin)
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 15) == ENDED_CLEANLY


@pytest.mark.long
async def test_it_ends_when_asked_though_its_lifeline_holds(
    database: str, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    process = await _a_clock_process(database, tmp_path)
    await _until_elected(admin)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 15) == ENDED_CLEANLY


async def test_one_that_dies_is_started_again_and_all_end_at_the_stop(
    database: str, admin: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('somebody else's program')")
    monkeypatch.chdir(tmp_path)
    stop = asyncio.Event()
    supervising = asyncio.create_task(
        run_processes(["clock"], {"DATABASE_URL": database, "LOG_LEVEL": "info"}, stop, home=HOME, logs=tmp_path)
    )
    await _until_elected(admin)
    (first,) = _children()
    first.kill()
    first.wait(10)
    log = tmp_path / "clock.log"

    await until(lambda: log.read_text().count("clock_elected") == 2, "another clock to be elected", patience=60)
    (second,) = _children()
    assert second.pid != first.pid
    stop.set()
    await asyncio.wait_for(supervising, 20)
    assert _children() == []


def _children() -> list[psutil.Process]:
    """The clock processes that we started."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # ended, or a zombie
            if "clock" in child.cmdline():
                found.append(child)
    return found
