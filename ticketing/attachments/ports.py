"""What files need from the world: where they come from, and what is kept of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.attachments.attachment import Attachment


class OpenFile(Protocol):
    """A file that is being fetched."""

    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


class FileSource(Protocol):
    """The part of a connector that fetches customers' files. Which errors it raises stands in its own contract."""

    def fetch(self, source: str, *, most: int) -> AbstractAsyncContextManager[OpenFile]: ...


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a file belongs to: a message of a conversation, or a comment on a ticket."""

    message_id: UUID | None
    conversation_id: UUID | None
    ticket_id: UUID | None  # the comment's


class Attachments(Protocol):
    async def add(self, file: Attachment) -> bool:
        """False if its message or comment has one at its position already, or its request was answered before."""
        ...

    async def get(self, file_id: UUID) -> Attachment:
        """Unlocked. Raises NotFound."""
        ...

    async def lock(self, file_id: UUID) -> Attachment:
        """Raises NotFound."""
        ...

    async def save(self, file: Attachment) -> None:
        """What became of it; and it is to be shown again wherever it is shown."""
        ...

    async def where(self, file_id: UUID) -> Whereabouts:
        """Raises NotFound."""
        ...

    async def by_request(self, request: str) -> UUID | None:
        """What this act of giving gave."""
        ...

    async def take(self, file_ids: Sequence[UUID], *, at: datetime) -> None:
        """A message or a comment has them from then on."""
        ...

    async def hold(self, sha256: str) -> None:
        """Until the end of the transaction, this content is not removed from the file store."""
        ...
