"""Waiting as long as Slack wants: a repair has time, and nobody else waits behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.errors import ChannelUnavailable, Throttled

T = TypeVar("T")
_TRIES = 5  # of what is away, not of what is only held back
_PAUSE = 2.0  # seconds


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again while Slack holds it back. Raises ChannelUnavailable when Slack stays away."""
    tries = 0
    while True:
        try:
            return await work()
        except Throttled as error:
            await asyncio.sleep(error.retry_after)
        except ChannelUnavailable as error:
            tries += 1
            if tries >= _TRIES:
                raise
            await asyncio.sleep(error.retry_after or _PAUSE)
