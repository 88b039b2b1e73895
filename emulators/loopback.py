"""Ports of this machine: one that is free, and whether anybody listens there."""

import asyncio
import contextlib
import random
import socket


def free_port() -> int:
    """A port that stays ours while nobody listens there: the system gives those from 32,768 up to any client."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
