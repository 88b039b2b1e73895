"""`threadline up`: everything on one machine. Starts the database, brings it up to date, runs each process and
restarts those that die; stops them, and last the database.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import structlog

LONGEST_PAUSE = 30.0  # seconds between two starts of a process that keeps dying
PATIENCE = 25.0  # seconds a process gets to stop

log = structlog.get_logger()


async def run_processes(
    names: Sequence[str], environment: Mapping[str, str], stop: asyncio.Event, *, home: Path, logs: Path | None = None
) -> None:
    """Run each named process until `stop` is set. `logs` is a folder for what they print; None: where we print."""
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(_keep_running(name, environment, stop, home, logs))


async def _keep_running(
    name: str, environment: Mapping[str, str], stop: asyncio.Event, home: Path, logs: Path | None
) -> None:
    pause = 0.2
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        with (logs / f"{name}.log").open("ab") if logs else contextlib.nullcontext() as output:
            code = await _run_one(name, environment, stop, home, output)
        if stop.is_set():
            return
        lived = asyncio.get_running_loop().time() - began
        pause = 0.2 if lived > 30 else min(pause * 2, LONGEST_PAUSE)
        log.warning("process_died", process=name, exit_code=code, restart_in=pause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _run_one(
    name: str, environment: Mapping[str, str], stop: asyncio.Event, home: Path, output: BinaryIO | None
) -> int | None:
    # The pipe is a lifeline: a process whose standard input ends knows that we are gone, however we went.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # whatever folder we were started in, its `app` is not ours
        "-m",
        "app",
        name,
        "--lifeline",
        stdin=asyncio.subprocess.PIPE,
        stdout=output,
        stderr=output,
        # Ctrl-C in a terminal goes to a whole group: they would hear it, and then our SIGTERM as an impatient second.
        start_new_session=True,
        env={**os.environ, **environment, "PYTHONPATH": _paths(home)},
    )
    ended = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
            await asyncio.wait((ended,), timeout=PATIENCE)
        return process.returncode
    finally:
        stopping.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _paths(home: Path) -> str:
    """Ours first; then those of whoever started it, who may have actions of their own there."""
    theirs = os.environ.get("PYTHONPATH")
    return f"{home}{os.pathsep}{theirs}" if theirs else str(home)
