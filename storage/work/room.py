"""What stands in a ticket's room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ids import new_id
from storage.tables import comment, room_entry
from ticketing.ports import Comment


class Room:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_messages(self, ticket_id: UUID, message_ids: Sequence[UUID], *, concerns: bool, at: datetime) -> None:
        rows = [
            {
                "id": new_id(),
                "ticket_id": ticket_id,
                "message_id": message_id,
                "concerns": concerns,
                "at": at,
                "needs_showing": True,
            }
            for message_id in message_ids
        ]
        await self._connection.execute(insert(room_entry).values(rows).on_conflict_do_nothing())

    async def add_comment(self, written: Comment, *, shown: bool) -> bool:
        result = await self._connection.execute(
            insert(comment)
            .values(
                id=written.id,
                ticket_id=written.ticket_id,
                author_id=written.author_id,
                text=written.text,
                at=written.at,
                source=written.source,
            )
            .on_conflict_do_nothing()
        )
        if result.rowcount == 0:
            return False
        await self._connection.execute(
            insert(room_entry).values(
                id=new_id(),
                ticket_id=written.ticket_id,
                comment_id=written.id,
                concerns=True,
                at=written.at,
                needs_showing=not shown,
            )
        )
        return True
