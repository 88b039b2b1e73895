"""Events that are kept for good, such as mails: in the inbox while they are new, then in the file store.

An event of these channels has the SHA-256 of its bytes as its key, so nothing else has to say where it lies.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import product

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.types import ARRAY, BigInteger, DateTime, Text

from storage.blobs.store import BlobStore
from storage.database import Database
from storage.prune import KEEP_APART, KEEP_FILED_EVENTS

_BATCH = 50  # events of one round, one after the other in memory

_BODY = text("SELECT body FROM inbox WHERE channel = :channel AND key = :key").bindparams(
    bindparam("channel", type_=Text), bindparam("key", type_=Text)
)
_OLD = text("""
    SELECT id, channel, key FROM inbox
    WHERE settled_at < :before AND outcome IN ('filed', 'ignored') AND channel = ANY(:channels)
    ORDER BY settled_at LIMIT :most
""").bindparams(bindparam("before", type_=DateTime(timezone=True)), bindparam("channels", type_=ARRAY(Text)))
# Each is one stretch of its index.
_OLD_ASIDE = text("""
    SELECT id, channel, key FROM inbox
    WHERE settled_at < :before AND outcome = 'set_aside' AND channel = :channel
    ORDER BY settled_at LIMIT :most
""").bindparams(bindparam("before", type_=DateTime(timezone=True)), bindparam("channel", type_=Text))
_OLD_BLOCKED = text("""
    SELECT id, channel, key FROM inbox
    WHERE settled_at < :before AND outcome = 'blocked' AND channel = :channel
    ORDER BY settled_at LIMIT :most
""").bindparams(bindparam("before", type_=DateTime(timezone=True)), bindparam("channel", type_=Text))
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
        if not channels:
            return 0
        gone = await self._put_away(_OLD, {"before": now - KEEP_FILED_EVENTS, "channels": list(channels)})
        for channel, statement in product(channels, (_OLD_ASIDE, _OLD_BLOCKED)):
            gone += await self._put_away(statement, {"before": now - KEEP_APART, "channel": channel})
        return gone

    async def _put_away(self, statement: TextClause, asked: Mapping[str, object]) -> int:
        gone = 0
        while True:
            async with self._database.single() as session:
                old = (await session.execute(statement, {**asked, "most": _BATCH})).all()
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
