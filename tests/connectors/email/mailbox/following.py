"""Follows a mailbox as the clock does, but keeps what it finds, and does not wait after what failed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from connectors.contract import FetchedEvent
from connectors.email.mailbox import MailboxFeed
from core.errors import ChannelUnavailable
from tests.connectors.email.letters import letter

ADDRESS = "support@shop.example"


def letters(*texts: str) -> list[bytes]:
    return [letter(text, Message_ID=f"<{text}@customer.example>") for text in texts]


@dataclass(slots=True)
class Following:
    feed: MailboxFeed
    cursor: str | None = None
    events: list[FetchedEvent] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        return [event.body for event in self.events]

    async def look(self) -> int:
        """One look: how many it found. Raises what the feed raises."""
        fetched = await self.feed.fetch_events(self.cursor)
        self.cursor = fetched.cursor
        self.events += fetched.events
        return len(fetched.events)

    async def until(self, count: int, *, tries: int = 40) -> "Following":
        """Look until there are so many; failures in between are kept."""
        for _ in range(tries):
            if len(self.events) >= count:
                return self
            try:
                await self.look()
            except ChannelUnavailable as error:
                self.failures.append(error.message)
        raise AssertionError(f"{len(self.events)} of {count} came; failures: {self.failures}")


Open: TypeAlias = Callable[..., Following]
