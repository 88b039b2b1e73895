"""Files that came within an event: read out of it when they are wanted, wherever the event lies by now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.contract import Enclosing, OpenFile
from core.errors import FileGone, FileTooLarge
from storage.put_away import KeptEvents
from ticketing.attachments.names import size_words

_PIECE = 256 * 1024  # bytes


class EnclosedFiles:
    """The FileSource of a channel whose files lie in its events."""

    def __init__(self, channel: str, connector: Enclosing, events: KeptEvents) -> None:
        self._channel, self._connector, self._events = channel, connector, events

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        key, _, place = source.rpartition("#")
        event = await self._events.body(self._channel, key)
        found = await asyncio.to_thread(self._connector.enclosed, event, place)
        if found is None:
            raise FileGone("It is not in the message that it came with.")
        content_type, content = found
        if len(content) > most:
            raise FileTooLarge(f"It is larger than {size_words(most)}, the most that is taken.")
        yield OpenFile(content_type, len(content), _pieces(content))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
