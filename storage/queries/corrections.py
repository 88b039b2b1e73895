"""What people corrected, with the customers' words, for measuring a brain on it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ticketing.triage.correction import Correction, Kept

# All corrections of whatever was corrected since: one of them alone may have been undone by another.
_SINCE = text("""
    SELECT kind, message_ids, said, "right", at, (
            SELECT string_agg(message.text, E'\\n' ORDER BY message.at, message.id)
            FROM message WHERE message.id = ANY(message_ids)
        ) AS words
    FROM correction
    WHERE message_ids IN (SELECT message_ids FROM correction WHERE at >= :since)
    ORDER BY at, id
""")


async def corrections(engine: AsyncEngine, *, since: datetime) -> Sequence[Kept]:
    """Oldest first. Those whose messages are gone are left out."""
    async with engine.connect() as connection:
        rows = (await connection.execute(_SINCE, {"since": since})).all()
    return [
        Kept(Correction(row.kind), tuple(row.message_ids), row.words, row.said, row.right, row.at)
        for row in rows
        if row.words is not None
    ]
