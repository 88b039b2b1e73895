"""Waiting for what nothing announces to us."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Awaitable, Callable
from typing import Any


class NeverCame(AssertionError):
    """What was waited for did not happen."""


async def until(check: Callable[[], Any], what: str, *, patience: float, pause: float = 0.05) -> Any:
    """Wait until `check` says yes, and return what it says. Durations are seconds. Raises NeverCame."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        answer = check()
        value = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise NeverCame(f"waited {patience:.0f} s for {what}")
        await asyncio.sleep(pause)


def free_port() -> int:
    """A port that stays ours while nobody listens there: the system gives those from 32,768 up to any client."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise NeverCame("no free port")


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
