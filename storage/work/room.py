"""What stands in a ticket's room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Uuid

from core.ids import new_id
from storage.database import Session
from storage.queries.rooms import CARD_DELETED
from storage.tables import comment, room_entry
from ticketing.ports import Comment

_ADD_ENTRY = insert(room_entry).on_conflict_do_nothing()
_ADD_COMMENT = insert(comment).on_conflict_do_nothing()

_REPLIES = text("""
    SELECT EXISTS (
        SELECT FROM room_entry JOIN message ON message.id = room_entry.message_id
        WHERE room_entry.ticket_id = :ticket AND message.direction = 'out'
            AND message.delivery NOT IN ('failed', 'withdrawn')
    )
""").bindparams(bindparam("ticket", type_=Uuid))


class Room:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_messages(self, ticket_id: UUID, message_ids: Sequence[UUID], *, concerns: bool, at: datetime) -> None:
        for message_id in message_ids:
            await self._add(ticket_id, {"message_id": message_id}, concerns=concerns, at=at, needs_showing=True)

    async def add_comment(self, written: Comment, *, shown: bool) -> bool:
        if (await self._session.execute(_ADD_COMMENT, _values(written))).rowcount == 0:
            return False
        of = {"comment_id": written.id}
        await self._add(written.ticket_id, of, concerns=True, at=written.at, needs_showing=not shown)
        return True

    async def has_replies(self, ticket_id: UUID) -> bool:
        return bool((await self._session.execute(_REPLIES, {"ticket": ticket_id})).scalar())

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        row = (await self._session.execute(CARD_DELETED, {"channel": channel, "ts": ts})).one_or_none()
        return row.ticket_id if row else None

    async def _add(
        self, ticket_id: UUID, of: dict[str, UUID], *, concerns: bool, at: datetime, needs_showing: bool
    ) -> None:
        values = {
            "id": new_id(),
            "ticket_id": ticket_id,
            "message_id": None,
            "comment_id": None,
            "concerns": concerns,
            "at": at,
            "needs_showing": needs_showing,
        }
        await self._session.execute(_ADD_ENTRY, values | of)


def _values(written: Comment) -> dict[str, object]:
    return {
        "id": written.id,
        "ticket_id": written.ticket_id,
        "author_id": written.author_id,
        "text": written.text,
        "at": written.at,
        "source": written.source,
    }
