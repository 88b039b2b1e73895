"""The processes of a benchmark: our web and worker, the emulators, each on its own, each with its own memory."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from emulators.loopback import listens
from emulators.waiting import until

HOME = Path(__file__).resolve().parent.parent
ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "bench-auth-token"
SIGNING_SECRET = "bench-signing-secret"
BOT_TOKEN = "xoxb-bench"


@dataclass(frozen=True, slots=True)
class Running:
    """A process that answers at `url`."""

    name: str
    url: str
    pid: int

    def memory_mb(self) -> float:
        """Resident, in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6


@asynccontextmanager
async def process(
    name: str, arguments: list[str], environment: Mapping[str, str], *, port: int | None = None
) -> AsyncIterator[Running]:
    """Run it; with a `port`, wait until it listens there. Stopped on exit."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=HOME, env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        if port is not None:
            await _listening(port, child)
        yield Running(name, f"http://127.0.0.1:{port}", child.pid)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _listening(port: int, child: asyncio.subprocess.Process) -> None:
    async def up() -> bool:
        if child.returncode is not None:
            raise RuntimeError(f"a benchmark process ended with {child.returncode}")
        return await listens(port)

    await until(up, f"something on port {port}", patience=60, pause=0.05)


async def control(url: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Drive an emulator: GET without a body, POST with one."""
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.request("GET" if body is None else "POST", f"{url}/_emulator/{path}", json=body) as answer,
    ):
        answer.raise_for_status()
        return await answer.json()
