"""Who is blocked, and what they sent since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class BlockedSender:
    """`kept`: events of theirs that were kept apart; `last_at`: when the newest came."""

    channel: str
    address: str
    name: str
    blocked_at: datetime | None  # None: unblocked, with events still kept apart
    blocked_by: str | None
    kept: int
    last_at: datetime | None


_BLOCKED = text("""
    WITH kept AS (
        SELECT channel, note AS address, count(*) AS number, max(received_at) AS last_at
        FROM inbox WHERE outcome = 'blocked' GROUP BY channel, note
    ), listed AS (
        SELECT channel, address FROM identity WHERE blocked_at IS NOT NULL UNION SELECT channel, address FROM kept
    )
    SELECT listed.channel, listed.address, customer.name, identity.blocked_at, identity.blocked_by,
        coalesce(kept.number, 0) AS kept, kept.last_at
    FROM listed
    JOIN identity ON identity.channel = listed.channel AND identity.address = listed.address
    JOIN customer ON customer.id = identity.customer_id
    LEFT JOIN kept ON kept.channel = listed.channel AND kept.address = listed.address
    ORDER BY identity.blocked_at DESC NULLS LAST, listed.address
""")


async def blocked_senders(engine: AsyncEngine) -> Sequence[BlockedSender]:
    """Newest first; at the end those who are not blocked any more, with what was not filed. Reads partial indexes."""
    async with engine.connect() as connection:
        return [BlockedSender(*row) for row in await connection.execute(_BLOCKED)]
