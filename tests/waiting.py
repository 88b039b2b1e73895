"""Waiting for another process or worker to do its part: asked again and again, for a bounded time."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(is_so: Callable[[], Awaitable[bool]], *, within: float = 20.0) -> None:
    """Returns as soon as it is so. Raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not await is_so():  # noqa: ASYNC110 - what we wait for happens elsewhere and sets no event here
            await asyncio.sleep(0.02)
