"""Events that are kept for good, such as mails: in the inbox while they are new, then in the file store.

An event of these channels has the SHA-256 of its bytes as its key, so nothing else has to say where it lies.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.types import ARRAY, BigInteger, DateTime, Text

from storage.blobs.store import BlobStore
from storage.database import Database
from storage.prune import KEEP_FILED_EVENTS

_BATCH = 50  # events of one round, one after the other in memory

_BODY = text("SELECT body FROM inbox WHERE channel = :channel AND key = :key").bindparams(
    bindparam("channel", type_=Text), bindparam("key", type_=Text)
)
_OLD = text("""
    SELECT id, channel, key FROM inbox
    WHERE settled_at < :before AND outcome IN ('filed', 'ignored') AND channel = ANY(:channels)
    ORDER BY settled_at LIMIT :most
""").bindparams(bindparam("before", type_=DateTime(timezone=True)), bindparam("channels", type_=ARRAY(Text)))
_FORGET = text("DELETE FROM inbox WHERE id = :event").bindparams(bindparam("event", type_=BigInteger))


class KeptEvents:
    """Finds the bytes of an event wherever they are, and puts old ones away."""

    def __init__(self, database: Database, store: BlobStore) -> None:
        self._database, self._store = database, store

    async def body(self, channel: str, key: str) -> bytes:
        """Raises FileGone, StoreAway."""
        async with self._database.single() as session:
            row = (await session.execute(_BODY, {"channel": channel, "key": key})).one_or_none()
        return bytes(row.body) if row is not None else await self._store.kept(_name(channel, key))

    async def put_away(self, channels: Collection[str], *, now: datetime) -> int:
        """How many events went from the inbox into the store. Killed anywhere, none is lost. Raises StoreAway."""
        gone = 0
        while channels:
            asked = {"before": now - KEEP_FILED_EVENTS, "channels": list(channels), "most": _BATCH}
            async with self._database.single() as session:
                old = (await session.execute(_OLD, asked)).all()
            for each in old:
                await self._store.keep(_name(each.channel, each.key), await self.body(each.channel, each.key))
                async with self._database.single() as session:
                    await session.execute(_FORGET, {"event": each.id})
            gone += len(old)
            if len(old) < _BATCH:
                break
        return gone


def _name(channel: str, key: str) -> str:
    return f"{channel}/{key[:2]}/{key}"
