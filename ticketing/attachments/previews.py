"""Pictures that Slack is to show: what has to be sent there first. Values only."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ticketing.attachments.attachment import ShownFile


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file and the message or comment that it came with."""

    file: ShownFile
    author: str
    at: datetime


class Preview(Protocol):
    """The octets of a picture's preview."""

    @property
    def size(self) -> int: ...
    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class DuePicture:
    """A picture that posts cannot show yet."""

    name: str
    slack_file: str | None  # Slack's id of its preview, once it has been sent
    preview: Callable[[], Awaitable[Preview]]  # raises FileGone, StoreAway
