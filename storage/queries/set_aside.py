"""Which mails were set aside: nobody was told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_HEAD = 65_536  # bytes that say who wrote what about

SET_ASIDE = text("""
    SELECT id, settled_at, note, substring(body FROM 1 FOR :head) FROM inbox
    WHERE outcome = 'set_aside' AND channel = :channel ORDER BY settled_at DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Aside:
    """`head`: how the mail begins, raw."""

    event: int
    at: datetime
    why: str
    head: bytes


async def mails_set_aside(engine: AsyncEngine, channel: str, *, most: int) -> Sequence[Aside]:
    """The newest first. Reads an index."""
    async with engine.connect() as connection:
        rows = await connection.execute(SET_ASIDE, {"channel": channel, "most": most, "head": _HEAD})
        return [Aside(row[0], row[1], row[2] or "", bytes(row[3])) for row in rows]
