"""Which addresses take no mail any more."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ticketing.mails.suppressed import Suppressed

_SUPPRESSED = text("""
    SELECT address, why, since, message_id FROM suppression WHERE channel = :channel ORDER BY since DESC LIMIT :most
""")


async def suppressed_addresses(engine: AsyncEngine, channel: str, *, most: int) -> Sequence[Suppressed]:
    """The newest first. Reads an index."""
    async with engine.connect() as connection:
        rows = await connection.execute(_SUPPRESSED, {"channel": channel, "most": most})
        return [Suppressed(*row) for row in rows]
