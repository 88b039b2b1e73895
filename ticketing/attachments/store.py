"""Where the bytes of files are kept, as the use cases need it. `storage/blobs/` implements it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from core.errors import ChannelUnavailable


class StoreAway(ChannelUnavailable):
    """The file store cannot be reached, read or written now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been received whole. It stands in a temporary place until `FileStore.settle`."""

    place: str
    sha256: str
    size: int  # bytes
    content_type: str  # by its bytes
    width: int | None = None  # of a picture, the right way up
    height: int | None = None
    has_thumbnail: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of a file, or all of it."""

    start: int
    end: int  # the first byte that is not in it
    size: int  # bytes of the whole file
    chunks: AsyncIterator[bytes]


class FileStore(Protocol):
    """Files under the hash of their bytes: the same content stands once."""

    async def receive(self, chunks: AsyncIterator[bytes], *, most: int) -> Kept:
        """Read to the end, streaming. Raises FileTooLarge over `most` bytes, StoreAway, and what reading raises.

        Whatever is raised, nothing of it stays.
        """
        ...

    async def settle(self, kept: Kept) -> None:
        """Put it where it stays. Two at once of the same content are fine. Raises StoreAway."""
        ...

    def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Its bytes from the beginning, each time. Raises FileGone, StoreAway."""
        ...
