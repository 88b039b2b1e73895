"""The files that messages carry, as Twilio keeps them, and the short-lived links to them. Knows no transport.

Source: twilio.com/docs/messaging/api/media-resource
"""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emulators.chance import Chance
from emulators.twilio.messages import API_VERSION, new_sid, rfc2822
from emulators.twilio.setup import Setup

# What can happen to one fetch of a customer's file: first what the API does with it, then what the link's host does.
AT_THE_API = ("unauthorized", "gone", "loop", "elsewhere")
AT_THE_LINK = ("expired", "late", "cut", "overlong", "unannounced", "mistyped")
LINK_LIFETIME = timedelta(hours=4)
CHUNK = 65_536  # bytes
# The smallest picture there is: one red point, as PNG.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGM4Y2wMAAMBATPEwnsTAAAAAElFTkSuQmCC")
_FILLER = bytes(range(256)) * (CHUNK // 256)


@dataclass(frozen=True, slots=True)
class File:
    """A file on somebody's phone: `data`, followed by filler up to `size` bytes that exist only while they are read."""

    content_type: str
    data: bytes = b""
    size: int = 0  # bytes; less than `data` has: just `data`
    name: str | None = None

    @property
    def length(self) -> int:
        return max(self.size, len(self.data))

    def chunks(self) -> Iterator[bytes]:
        yield from (self.data[start : start + CHUNK] for start in range(0, len(self.data), CHUNK))
        left = self.length - len(self.data)
        while left > 0:
            yield _FILLER[:left]
            left -= CHUNK

    def read(self) -> bytes:
        return b"".join(self.chunks())


@dataclass(frozen=True, slots=True)
class Media:
    """One file of one message."""

    sid: str
    account_sid: str
    parent_sid: str  # the message's
    file: File
    created_at: datetime

    @property
    def path(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.parent_sid}/Media/{self.sid}"

    def resource(self) -> dict[str, Any]:
        """The JSON of it as `GET …/Media/{sid}.json` answers it."""
        return {
            "account_sid": self.account_sid,
            "content_type": self.file.content_type,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.created_at),
            "parent_sid": self.parent_sid,
            "sid": self.sid,
            "uri": f"{self.path}.json",
        }


@dataclass(frozen=True, slots=True)
class Download:
    """What came to the host of the links."""

    path: str
    authorized: bool  # it carried an Authorization header, which it must not
    status: int | None  # None: the answer was broken off


@dataclass(slots=True)
class Shelf:
    """All files of one account. `faults` are those of AT_THE_API and AT_THE_LINK."""

    setup: Setup
    url: str = ""  # of the API, as it stands in MediaUrlN
    link_url: str = ""  # of the other host, where the bytes are
    # Where `elsewhere` leads. Here: what a cloud's machines ask for their own secrets.
    elsewhere: str = "http://169.254.169.254/latest/meta-data/"
    faults: Chance = field(default_factory=lambda: Chance((*AT_THE_API, *AT_THE_LINK)))
    downloads: list[Download] = field(default_factory=list)
    _kept: dict[str, Media] = field(default_factory=dict)
    _links: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def new(self, message_sid: str, file: File) -> Media:
        return Media(new_sid("ME"), self.setup.account_sid, message_sid, file, self.setup.clock())

    def keep(self, media: Media) -> None:
        self._kept[media.sid] = media

    def of(self, message_sid: str) -> list[Media]:
        """Those of one message, in its order."""
        return [media for media in self._kept.values() if media.parent_sid == message_sid]

    def get(self, message_sid: str, sid: str) -> Media | None:
        media = self._kept.get(sid)
        return media if media is not None and media.parent_sid == message_sid else None

    def delete(self, sid: str) -> None:
        """As `DELETE …/Media/{sid}.json`: it is gone for everybody. No error when it is gone already."""
        self._kept.pop(sid, None)

    def address(self, media: Media) -> str:
        return self.url + media.path

    def link(self, media: Media) -> str:
        """A new link to its bytes, which needs no credentials for as long as it lives."""
        token = secrets.token_urlsafe(16)
        self._links[token] = (media.sid, self.setup.clock() + LINK_LIFETIME)
        return f"{self.link_url}/{media.account_sid}/{token}"

    def behind(self, token: str) -> tuple[Media | None, bool]:
        """What a link leads to (None: nothing, or deleted), and whether the link still lives."""
        sid, until = self._links.get(token, ("", self.setup.clock()))
        return self._kept.get(sid), not sid or self.setup.clock() < until
