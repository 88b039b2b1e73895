"""Previews of pictures in Slack: the storage side of `bot.ports.Pictures`. Each method is one short transaction."""

from uuid import UUID

from core.instants import Clock, utc_now
from storage.blobs.store import BlobStore
from storage.database import Database
from storage.queries import pictures as sql
from ticketing.attachments.previews import DuePicture, Preview


class SqlPictures:
    """What Slack has is noted in the database; what it is given comes from the file store."""

    def __init__(self, database: Database, store: BlobStore, *, clock: Clock = utc_now) -> None:
        self._database, self._store, self._clock = database, store, clock

    async def due(self, file_id: UUID) -> DuePicture | None:
        async with self._database.single() as session:
            row = (await session.execute(sql.DUE, {"file": file_id})).one_or_none()
        if row is None:
            return None
        sha256 = row.sha256

        async def preview() -> Preview:
            return await self._store.open(sha256, thumbnail=True)

        return DuePicture(row.name, row.slack_file, preview)

    async def sent(self, file_id: UUID, slack_file: str) -> None:
        async with self._database.single() as session:
            values = {"file": file_id, "slack_file": slack_file, "now": self._clock()}
            await session.execute(sql.SENT, values)

    async def ready(self, file_id: UUID, slack_file: str) -> None:
        async with self._database.single() as session:
            await session.execute(sql.READY, {"file": file_id, "slack_file": slack_file})

    async def lost(self, file_id: UUID, slack_file: str) -> None:
        async with self._database.single() as session:
            await session.execute(sql.LOST, {"file": file_id, "slack_file": slack_file})

    async def is_ready(self, file_id: UUID) -> bool:
        async with self._database.single() as session:
            return bool((await session.execute(sql.IS_READY, {"file": file_id})).scalar())
