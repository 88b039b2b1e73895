"""An inbox and a health check in memory, for tests of the HTTP door."""

from dataclasses import dataclass
from datetime import datetime

from web.ports import InboxUnavailable


@dataclass(frozen=True, slots=True)
class Stored:
    url: str
    body: bytes
    at: datetime


class FakeInbox:
    """Keeps events by channel and key. While `down` it stores nothing and says so."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], Stored] = {}
        self.down = False

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        if self.down:
            raise InboxUnavailable
        new = (channel, key) not in self.events
        self.events.setdefault((channel, key), Stored(url, body, now))
        return new

    def keys(self) -> list[str]:
        return [key for _, key in self.events]


class FakeHealth:
    """Healthy until `trouble` says otherwise."""

    def __init__(self) -> None:
        self.trouble: str | None = None

    async def problem(self) -> str | None:
        return self.trouble
