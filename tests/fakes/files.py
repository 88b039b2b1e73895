"""A `FileSource` that has what it is given."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from connectors.contract import OpenFile
from core.errors import ChannelError, FileGone, FileTooLarge


class FakeFiles:
    """Files by their source: bytes, or the error that fetching them raises. `fetched` are those that were asked for."""

    def __init__(self, files: Mapping[str, bytes | ChannelError] | None = None) -> None:
        self.files = dict(files or {})
        self.fetched: list[str] = []

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        self.fetched.append(source)
        found = self.files.get(source, FileGone("The provider does not have the file any more."))
        if isinstance(found, ChannelError):
            raise found
        yield OpenFile("image/jpeg", len(found), _chunks(found, most))


async def _chunks(content: bytes, most: int) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 4096):
        if at > most:
            raise FileTooLarge("The file is larger than we take.")
        yield content[at : at + 4096]
