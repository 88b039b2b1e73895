"""How long somebody who looks for tickets is kept waiting before they are told so in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.errors import Refused

PATIENCE = 2.3  # seconds: Slack waits three, on the way there and back, too


class TookTooLong(Refused):
    """Slack would show a failure without a word."""

    def __init__(self) -> None:
        super().__init__("This takes longer than Slack waits. Say more precisely what you look for, or try again.")


@asynccontextmanager
async def in_time(patience: float) -> AsyncIterator[None]:
    """What stands in it takes at most `patience` seconds. Raises TookTooLong."""
    try:
        async with asyncio.timeout(patience):
            yield
    except TimeoutError as error:
        raise TookTooLong from error
