"""Events that we fetch ourselves: each goes through the same gate as one that is posted, and only then is confirmed.

A kill at any instruction loses nothing and doubles nothing: the cursor is saved after the events that stand before it,
the provider hears of it with the next look, and the inbox knows an event again by its key.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from connectors.contract import Feed
from core.errors import ChannelError, ChannelUnavailable
from core.instants import Clock
from storage.engine import DATABASE_AWAY
from web.ports import Inbox, InboxUnavailable

_AWAY: tuple[type[Exception], ...] = (InboxUnavailable, *DATABASE_AWAY)
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 60.0  # seconds after a look that failed; doubles from one to the other
_BREATH = 0.1  # seconds after a look that found nothing, should the provider not wait for news as it was asked to

log = structlog.get_logger()


class Books(Protocol):
    """How far each feed was read: `storage.feeds.SqlFeeds`."""

    async def cursor(self, channel: str, account: str) -> str | None: ...

    async def read(self, channel: str, account: str, *, cursor: str | None, now: datetime) -> None: ...

    async def failed(self, channel: str, account: str, *, error: str, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows one feed. Two at a time do no harm, so a leader that wakes up late may find another at work."""

    feed: Feed
    inbox: Inbox
    books: Books
    clock: Clock

    async def run(self) -> None:
        """Until cancelled. Neither the provider, nor the database, nor a mistake of ours ends it."""
        instants, failures = strictly_increasing(self.clock), 0
        while True:
            try:
                found = await self.look(instants)
            except Exception as error:
                failures += 1
                await asyncio.sleep(await self._failed(error, failures))
            else:
                failures = 0
                await asyncio.sleep(max(self.feed.pause, 0.0 if found else _BREATH))

    async def look(self, instants: Clock) -> int:
        """One look: how many events it found. Raises what the provider, the inbox and the books raise."""
        feed = self.feed
        cursor = await self.books.cursor(feed.channel, feed.account)
        fetched = await feed.fetch_events(cursor)
        for event in fetched.events:  # one after another: a customer's messages are filed in the order of these
            await self.inbox.accept(channel=feed.channel, key=event.key, url=event.url, body=event.body, now=instants())
        await self.books.read(feed.channel, feed.account, cursor=fetched.cursor, now=self.clock())
        return len(fetched.events)

    async def _failed(self, error: Exception, failures: int) -> float:
        """Note it for `threadline doctor`; how many seconds to wait."""
        feed = self.feed
        known = isinstance(error, ChannelError)
        wait = min(_FIRST_DELAY * 2.0 ** min(failures - 1, 10), _LONGEST_DELAY)
        if isinstance(error, ChannelUnavailable) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        if isinstance(error, _AWAY):
            log.warning("feed_without_database", channel=feed.channel, error=repr(error))
            return _FIRST_DELAY
        # By its name and words, not by its repr: that of a decoding error holds the whole text of a customer.
        said = error.message if isinstance(error, ChannelError) else f"{type(error).__name__}: {error}"
        log.warning("feed_failed", channel=feed.channel, error=said, exc_info=None if known else error)
        words = said if known else f"A mistake in Threadline: {said}"
        try:
            await self.books.failed(feed.channel, feed.account, error=words, now=self.clock())
        except _AWAY:
            log.warning("feed_without_database", channel=feed.channel)
        return wait


def strictly_increasing(clock: Clock) -> Callable[[], datetime]:
    """The clock, but no two instants are the same, and none is before an earlier one."""
    last: datetime | None = None

    def now() -> datetime:
        nonlocal last
        present = clock()
        last = present if last is None else max(present, last + timedelta(microseconds=1))
        return last

    return now
