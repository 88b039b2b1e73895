"""A file of a message or a comment as a value, and as doors show it. Its bytes are in the file store."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FileState(StrEnum):
    AWAITED = "awaited"  # still at whoever has it: it is being fetched
    STORED = "stored"
    REFUSED = "refused"  # we do not take it; `why` says so in words
    GONE = "gone"  # it cannot be had any more; `why` says so in words


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. It belongs to a customer's message, to a comment, or (given by the team) to the reply that sends it."""

    id: UUID
    name: str  # safe to show and to save under: see `names.py`
    state: FileState
    created_at: datetime
    message_id: UUID | None = None  # of the customer's message that brought it
    comment_id: UUID | None = None
    position: int = 0  # among the files of its message or comment
    channel: str | None = None  # whose connector fetches it; None: it was given to us
    source: str | None = None  # what that connector fetches it by
    claimed_type: str | None = None  # what its sender or provider calls it: kept, not believed
    content_type: str | None = None  # what its bytes are; None: not stored
    size: int | None = None  # bytes
    sha256: str | None = None  # of its bytes, in hex: they are stored under it
    width: int | None = None  # of a picture, in pixels, the right way up
    height: int | None = None
    has_thumbnail: bool = False
    why: str | None = None
    attached_at: datetime | None = None  # since when a message or comment has it. None: nobody's, and forgotten soon
    request: str | None = None  # the act of giving it: the same one twice is one file


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as doors show it."""

    id: UUID
    name: str
    content_type: str | None  # None: not known yet
    size: int | None  # bytes
    state: FileState
    why: str | None  # it was refused, is gone, or is still waited for
    is_picture: bool  # of a kind that is shown in place
    has_thumbnail: bool
    url: str | None  # signed, for people; None: it is not stored
    thumbnail_url: str | None = None
    slack_file: str | None = None  # Slack's id of its preview; None: posts there cannot show it
