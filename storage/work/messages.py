"""Messages, in and out."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import NotFound
from core.messages import Delivery
from storage.rows import AnyRow
from storage.tables import message, room_entry
from ticketing.conversations.conversation import Direction, Message
from ticketing.triage.suggestion import BurstMessage

_COLUMNS = (
    message.c.id,
    message.c.conversation_id,
    message.c.direction,
    message.c.text,
    message.c.at,
    message.c.delivery,
    message.c.key,
    message.c.request,
    message.c.author_id,
    message.c.author_name,
    message.c.error,
    message.c.triaged,
)


def _message(row: AnyRow) -> Message:
    values = row._asdict()
    values["direction"] = Direction(values["direction"])
    values["delivery"] = Delivery(values["delivery"])
    return Message(**values)


class Messages:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, new: Message) -> bool:
        result = await self._connection.execute(
            insert(message)
            .values(
                id=new.id,
                conversation_id=new.conversation_id,
                direction=new.direction.value,
                text=new.text,
                at=new.at,
                delivery=new.delivery.value,
                key=new.key,
                request=new.request,
                author_id=new.author_id,
                author_name=new.author_name,
                error=new.error,
                triaged=new.triaged,
            )
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    async def lock(self, message_id: UUID) -> Message:
        row = (
            await self._connection.execute(select(*_COLUMNS).where(message.c.id == message_id).with_for_update())
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such message.")
        return _message(row)

    async def lock_by_key(self, key: str) -> Message | None:
        row = (
            await self._connection.execute(select(*_COLUMNS).where(message.c.key == key).with_for_update())
        ).one_or_none()
        return _message(row) if row else None

    async def save_delivery(self, changed: Message) -> None:
        await self._connection.execute(
            update(message)
            .where(message.c.id == changed.id)
            .values(delivery=changed.delivery.value, key=changed.key, error=changed.error)
        )
        await self._connection.execute(
            update(room_entry).where(room_entry.c.message_id == changed.id).values(needs_showing=True)
        )

    async def waiting_for_triage(self, conversation_id: UUID) -> Sequence[BurstMessage]:
        rows = await self._connection.execute(
            select(message.c.id, message.c.text, message.c.at)
            .where(message.c.conversation_id == conversation_id, ~message.c.triaged)
            .order_by(message.c.at, message.c.id)
            .limit(200)
        )
        return [BurstMessage(*row) for row in rows]

    async def mark_triaged(self, message_ids: Collection[UUID]) -> None:
        await self._connection.execute(update(message).where(message.c.id.in_(message_ids)).values(triaged=True))

    async def ticket_of(self, message_id: UUID) -> UUID | None:
        found: UUID | None = await self._connection.scalar(
            select(room_entry.c.ticket_id).where(room_entry.c.message_id == message_id).limit(1)
        )
        return found
