"""Ports beside HTTP's at which others bring us events: each goes through the same gate as one that is posted.

One that cannot be opened keeps nobody from the others, and HTTP from nobody: it is tried again until it can.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog

from app.inbox import FEEDS_PATIENCE, open_gate
from connectors.contract import FetchedEvent, Listens, OpenDoor
from connectors.registry import Connector
from core.errors import ChannelUnavailable
from core.instants import Clock
from web.ports import Inbox

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 30.0  # seconds until the next try; doubles from one to the other

log = structlog.get_logger()


@asynccontextmanager
async def open_doors(dsn: str, connectors: Mapping[str, Connector], clock: Clock) -> AsyncIterator[Mapping[str, str]]:
    """For as long as the block lasts. An event is acknowledged once it is stored.

    Gives why a port is closed, in words for an admin, by its channel: what is there now, {} when all are open.
    """
    listening = {name: each for name, each in connectors.items() if isinstance(each, Listens) and each.listens}
    closed: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for channel, connector in listening.items():
            # Of its own, so that a large mail that takes its time keeps no webhook waiting.
            gate = await open_gate(dsn, patience=FEEDS_PATIENCE)
            stack.push_async_callback(gate.close)
            doorway = _Doorway(channel, connector, _accepting(gate, channel, clock), closed)
            stack.push_async_callback(doorway.close)
            await doorway.begin()
        yield closed


def _accepting(gate: Inbox, channel: str, clock: Clock) -> Callable[[FetchedEvent], Awaitable[None]]:
    async def accept(event: FetchedEvent) -> None:
        await gate.accept(channel=channel, key=event.key, url=event.url, body=event.body, now=clock())

    return accept


class _Doorway:
    """Where one door is, or will be."""

    def __init__(
        self,
        channel: str,
        connector: Listens,
        accept: Callable[[FetchedEvent], Awaitable[None]],
        closed: dict[str, str],
    ) -> None:
        self._channel = channel
        self._connector = connector
        self._accept = accept
        self._closed = closed
        self._door: OpenDoor | None = None
        self._trying: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Open it, or go on trying to."""
        if not await self._open():
            self._trying = asyncio.create_task(self._go_on())

    async def close(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            with suppress(asyncio.CancelledError):
                await self._trying
        if self._door is not None:
            await self._door.close()

    async def _go_on(self) -> None:
        delay = _FIRST_DELAY
        while True:
            await asyncio.sleep(delay)
            if await self._open():
                return
            delay = min(delay * 2, _LONGEST_DELAY)

    async def _open(self) -> bool:
        try:
            self._door = await self._connector.listen(self._accept)
        except ChannelUnavailable as error:
            if self._closed.get(self._channel) != error.message:  # said once, not at each try
                log.warning("not_listening", channel=self._channel, error=error.message)
            self._closed[self._channel] = error.message
            return False
        self._closed.pop(self._channel, None)
        log.info("listening", channel=self._channel)
        return True
