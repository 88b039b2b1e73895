"""Stored provider events, for the use case that files them."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import NotFound
from core.messages import RawRequest
from storage.tables import inbox
from ticketing.ports import StoredEvent


class Inbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, inbox_id: int) -> StoredEvent:
        columns = (inbox.c.channel, inbox.c.url, inbox.c.body, inbox.c.received_at, inbox.c.outcome)
        row = (
            await self._connection.execute(select(*columns).where(inbox.c.id == inbox_id).with_for_update())
        ).one_or_none()
        if row is None:
            raise NotFound(f"Inbox event {inbox_id} is gone.")
        request = RawRequest(row.url, {}, bytes(row.body))
        return StoredEvent(inbox_id, row.channel, request, row.received_at, row.outcome is not None)

    async def settle(self, inbox_id: int, outcome: str, *, note: str, at: datetime) -> None:
        await self._connection.execute(
            update(inbox).where(inbox.c.id == inbox_id).values(outcome=outcome, note=note or None, settled_at=at)
        )
