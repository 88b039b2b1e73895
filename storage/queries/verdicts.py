"""What became of what a customer wrote: the words of each triage, for people to read."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_VERDICTS = text("""
    SELECT triage.verdict
    FROM triage JOIN conversation ON conversation.id = triage.conversation_id
    WHERE conversation.channel = :channel AND conversation.address = :address
    ORDER BY triage.at, triage.id
""")


async def verdicts(engine: AsyncEngine, *, channel: str, address: str) -> Sequence[str]:
    """One sentence for each burst of this customer, oldest first: what was done, and why."""
    async with engine.connect() as connection:
        rows = await connection.execute(_VERDICTS, {"channel": channel, "address": address})
        return [row.verdict for row in rows]
