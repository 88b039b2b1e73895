"""Forget files that were given and that nothing carries, with their bytes if nobody else has the same."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from storage.blobs.store import BlobStore
from storage.database import Database

KEEP_UNUSED = timedelta(days=2)
_BATCH = 100

_UNUSED = text("""
    SELECT id, sha256 FROM attachment WHERE attached_at IS NULL AND created_at < :before
    ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED
""").bindparams(bindparam("before", type_=DateTime(timezone=True)), bindparam("most", type_=Integer))
# Against `Attachments.hold`: who is just storing the same content is waited for, and seen below.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:content, 0))").bindparams(
    bindparam("content", type_=Text)
)
_DELETE = text("DELETE FROM attachment WHERE id = ANY(:files)").bindparams(bindparam("files", type_=ARRAY(Uuid)))
_IS_HAD = text("SELECT EXISTS (SELECT FROM attachment WHERE sha256 = :content)").bindparams(
    bindparam("content", type_=Text)
)


class UnusedFiles:
    def __init__(self, database: Database, store: BlobStore) -> None:
        self._database, self._store = database, store

    async def forget(self, *, now: datetime) -> int:
        """How many there were. Safe to repeat: killed on the way, the rows are still there. Raises StoreAway."""
        gone = 0
        while count := await self._forget_some(now):
            gone += count
            if count < _BATCH:
                break
        return gone

    async def _forget_some(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            found = await session.execute(_UNUSED, {"before": now - KEEP_UNUSED, "most": _BATCH})
            rows = found.all()
            contents = sorted({row.sha256 for row in rows if row.sha256 is not None})
            for content in contents:
                await session.execute(_ALONE, {"content": content})
            await session.execute(_DELETE, {"files": [row.id for row in rows]})
            for content in contents:
                if not (await session.execute(_IS_HAD, {"content": content})).scalar():
                    await self._store.delete(content)
            return len(rows)
