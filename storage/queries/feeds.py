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


_FAILING = (
    select(feed.c.channel, feed.c.error, feed.c.error_since)
    .where(feed.c.error.is_not(None), feed.c.looked_at >= bindparam("since"))
    .order_by(feed.c.channel, feed.c.account)
)
_SOCKET = select(feed.c.looked_at).where(feed.c.channel == SOCKET_MODE[0], feed.c.account == SOCKET_MODE[1])


async def failing(engine: AsyncEngine, *, since: datetime) -> Sequence[FailingFeed]:
    """Those whose last look failed. One at which nobody has looked since then is not used any more."""
    async with engine.connect() as connection:
        rows = await connection.execute(_FAILING, {"since": since})
        return [FailingFeed(*row) for row in rows]


async def socket_looked_at(engine: AsyncEngine) -> datetime | None:
    """When the bot process last said how it stands with its socket; None: it never ran."""
    async with engine.connect() as connection:
        at: datetime | None = (await connection.execute(_SOCKET)).scalar()
    return at
