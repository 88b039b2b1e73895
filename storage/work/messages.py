"""Messages, in and out."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Uuid

from core.errors import NotFound
from core.messages import Delivery
from storage.database import Row, Session
from storage.tables import conversation, message, room_entry
from ticketing.conversations.conversation import Direction, Message
from ticketing.ports import Waiting
from ticketing.triage.suggestion import BurstMessage

MOST_AT_ONCE = 200  # messages understood together; a flood takes more rounds

_ADD = insert(message).on_conflict_do_nothing()
_SELECT = select(
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
).with_for_update(key_share=True)
_LOCK = _SELECT.where(message.c.id == bindparam("message"))
_LOCK_BY_KEY = _SELECT.where(message.c.key == bindparam("wanted"))
_SAVE_DELIVERY = (
    update(message)
    .where(message.c.id == bindparam("message"))
    .values(delivery=bindparam("new_delivery"), key=bindparam("new_key"), error=bindparam("new_error"))
)
_SHOW_AGAIN = update(room_entry).where(room_entry.c.message_id == bindparam("message")).values(needs_showing=True)
_WAITING = (
    select(conversation.c.version, message.c.id, message.c.text, message.c.at)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(message.c.conversation_id == bindparam("conversation"), ~message.c.triaged)
    .order_by(message.c.at, message.c.id)
    .limit(MOST_AT_ONCE)
)
_TRIAGED = update(message).where(message.c.id == any_(bindparam("messages", type_=ARRAY(Uuid)))).values(triaged=True)
_TICKETS_OF = (
    select(room_entry.c.ticket_id).where(room_entry.c.message_id == bindparam("message")).order_by(room_entry.c.id)
)


def _message(row: Row) -> Message:
    values = row.as_dict()
    values["direction"] = Direction(values["direction"])
    values["delivery"] = Delivery(values["delivery"])
    return Message(**values)


class Messages:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, new: Message) -> bool:
        values = {
            "id": new.id,
            "conversation_id": new.conversation_id,
            "direction": new.direction.value,
            "text": new.text,
            "at": new.at,
            "delivery": new.delivery.value,
            "key": new.key,
            "request": new.request,
            "author_id": new.author_id,
            "author_name": new.author_name,
            "error": new.error,
            "triaged": new.triaged,
        }
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def lock(self, message_id: UUID) -> Message:
        row = (await self._session.execute(_LOCK, {"message": message_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such message.")
        return _message(row)

    async def lock_by_key(self, key: str) -> Message | None:
        row = (await self._session.execute(_LOCK_BY_KEY, {"wanted": key})).one_or_none()
        return _message(row) if row else None

    async def save_delivery(self, changed: Message) -> None:
        new = {"new_delivery": changed.delivery.value, "new_key": changed.key, "new_error": changed.error}
        await self._session.execute(_SAVE_DELIVERY, {"message": changed.id} | new)
        await self._session.execute(_SHOW_AGAIN, {"message": changed.id})

    async def waiting_for_triage(self, conversation_id: UUID) -> Waiting | None:
        rows = (await self._session.execute(_WAITING, {"conversation": conversation_id})).all()
        if not rows:
            return None
        return Waiting(rows[0].version, tuple(BurstMessage(*row[1:]) for row in rows))

    async def mark_triaged(self, message_ids: Collection[UUID]) -> None:
        await self._session.execute(_TRIAGED, {"messages": list(message_ids)})

    async def tickets_of(self, message_id: UUID) -> Sequence[UUID]:
        rows = await self._session.execute(_TICKETS_OF, {"message": message_id})
        return [row.ticket_id for row in rows]
