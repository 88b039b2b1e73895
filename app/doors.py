"""Ports beside HTTP's at which others bring us events: each goes through the same gate as one that is posted."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from app.inbox import FEEDS_PATIENCE, open_gate
from connectors.contract import FetchedEvent, Listens
from connectors.registry import Connector
from core.instants import Clock

log = structlog.get_logger()


@asynccontextmanager
async def open_doors(dsn: str, connectors: Mapping[str, Connector], clock: Clock) -> AsyncIterator[None]:
    """For as long as the block lasts. An event is acknowledged once it is stored.

    Raises OSError: a port is taken.
    """
    listening = {name: each for name, each in connectors.items() if isinstance(each, Listens) and each.listens}
    async with AsyncExitStack() as stack:
        for channel, connector in listening.items():
            await _open(stack, dsn, channel, connector, clock)
        yield


async def _open(stack: AsyncExitStack, dsn: str, channel: str, connector: Listens, clock: Clock) -> None:
    # Of its own, so that a large mail that takes its time keeps no webhook waiting.
    gate = await open_gate(dsn, patience=FEEDS_PATIENCE)
    stack.push_async_callback(gate.close)

    async def accept(event: FetchedEvent) -> None:
        await gate.accept(channel=channel, key=event.key, url=event.url, body=event.body, now=clock())

    door = await connector.listen(accept)
    stack.push_async_callback(door.close)
    log.info("listening", channel=channel)
