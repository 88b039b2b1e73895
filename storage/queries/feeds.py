"""What `threadline doctor` asks of the feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.tables import feed

# Slack's socket, which is no feed that anybody fetches, but is there or is not in the same way.
SOCKET_MODE = ("slack", "socket mode")


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A provider that does not give us its events. `error` is in words for an admin."""

    channel: str
    error: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the last look went. `error` is in words for an admin; None: well."""

    looked_at: datetime
    error: str | None
    error_since: datetime | None


_FAILING = (
    select(feed.c.channel, feed.c.error, feed.c.error_since)
    .where(
        feed.c.error.is_not(None),
        feed.c.looked_at >= bindparam("since"),
        feed.c.channel != SOCKET_MODE[0],
    )
    .order_by(feed.c.channel, feed.c.account)
)
SOCKET_STATE = select(feed.c.looked_at, feed.c.error, feed.c.error_since).where(
    feed.c.channel == SOCKET_MODE[0], feed.c.account == SOCKET_MODE[1]
)


async def failing(engine: AsyncEngine, *, since: datetime) -> Sequence[FailingFeed]:
    """Those whose last look failed, but for Slack's socket. One at which nobody has looked since is not in use."""
    async with engine.connect() as connection:
        rows = await connection.execute(_FAILING, {"since": since})
        return [FailingFeed(*row) for row in rows]


async def socket_state(engine: AsyncEngine) -> FeedState | None:
    """What the bot process last noted of its socket; None: nothing ever."""
    async with engine.connect() as connection:
        row = (await connection.execute(SOCKET_STATE)).one_or_none()
    return FeedState(*row) if row is not None else None
