"""What stands in a ticket's room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Boolean, DateTime, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Session
from storage.queries.rooms import THREAD_LOST, TICKETS
from storage.tables import comment, comment_revision, room_entry
from ticketing.tickets.ports import Attribution, Comment

_ADD_ENTRY = insert(room_entry).on_conflict_do_nothing()
_ADD_COMMENT = insert(comment).on_conflict_do_nothing()
_KEEP_WORDS = insert(comment_revision).on_conflict_do_nothing()

_COMMENT_COLUMNS = (
    comment.c.id,
    comment.c.ticket_id,
    comment.c.author_id,
    comment.c.text,
    comment.c.at,
    comment.c.source,
    comment.c.edited_at,
    comment.c.deleted_at,
)
_COMMENT = select(*_COMMENT_COLUMNS).where(comment.c.id == bindparam("comment"))
_COMMENT_FROM = select(*_COMMENT_COLUMNS).where(comment.c.source == bindparam("source"))

_REPLIES = text("""
    SELECT EXISTS (
        SELECT FROM room_entry JOIN message ON message.id = room_entry.message_id
        WHERE room_entry.ticket_id = :ticket AND message.direction = 'out' AND message.author_id IS NOT NULL
            AND message.delivery NOT IN ('failed', 'withdrawn')
    )
""").bindparams(bindparam("ticket", type_=Uuid))

_ATTRIBUTION = """
    SELECT room_entry.ticket_id, ticket.number, room_entry.message_id, room_entry.concerns, room_entry.moved_to,
        other.number AS moved_to_number, person.name AS moved_by
    FROM room_entry
    JOIN message ON message.id = room_entry.message_id AND message.direction = 'in'
    JOIN ticket ON ticket.id = room_entry.ticket_id
    LEFT JOIN ticket AS other ON other.id = room_entry.moved_to
    LEFT JOIN person ON person.id = room_entry.moved_by
"""
_ENTRY = text(f"{_ATTRIBUTION} WHERE room_entry.id = :entry").bindparams(bindparam("entry", type_=Uuid))
_ATTRIBUTIONS = text(f"{_ATTRIBUTION} WHERE room_entry.message_id = :message ORDER BY ticket.number").bindparams(
    bindparam("message", type_=Uuid)
)
_CONCERNS = text("SELECT EXISTS (SELECT FROM room_entry WHERE message_id = :message AND concerns)").bindparams(
    bindparam("message", type_=Uuid)
)
_ATTRIBUTE = text("""
    INSERT INTO room_entry (id, ticket_id, message_id, concerns, at, needs_showing)
    VALUES (:entry, :ticket, :message, :concerns, :at, true)
    ON CONFLICT (ticket_id, message_id) DO UPDATE
    SET concerns = EXCLUDED.concerns, moved_to = NULL, moved_by = NULL, needs_showing = true
""").bindparams(
    bindparam("entry", type_=Uuid),
    bindparam("ticket", type_=Uuid),
    bindparam("message", type_=Uuid),
    bindparam("concerns", type_=Boolean),
    bindparam("at", type_=DateTime(timezone=True)),
)
_MOVE_AWAY = text("""
    UPDATE room_entry SET moved_to = :to, moved_by = :by, needs_showing = true
    WHERE message_id = :message AND ticket_id = ANY(:tickets)
""").bindparams(
    bindparam("to", type_=Uuid),
    bindparam("by", type_=Uuid),
    bindparam("message", type_=Uuid),
    bindparam("tickets", type_=ARRAY(Uuid)),
)


_CHANGE_COMMENT = text("UPDATE comment SET text = :text, edited_at = :edited_at WHERE id = :comment").bindparams(
    bindparam("comment", type_=Uuid), bindparam("edited_at", type_=DateTime(timezone=True))
)
_COMMENT_GONE = text("UPDATE comment SET deleted_at = :at WHERE id = :comment").bindparams(
    bindparam("comment", type_=Uuid), bindparam("at", type_=DateTime(timezone=True))
)
# What a colleague wrote in the thread itself is no post of ours, and follows by itself.
_SHOW_COMMENT_AGAIN = text("""
    UPDATE room_entry SET needs_showing = true
    WHERE comment_id = :comment AND (needs_showing OR slack_ts IS NOT NULL OR posting_since IS NOT NULL)
    RETURNING ticket_id
""").bindparams(bindparam("comment", type_=Uuid))
_TAKE_COMMENT_AWAY = text("""
    UPDATE room_entry SET needs_showing = slack_ts IS NOT NULL OR posting_since IS NOT NULL
    WHERE comment_id = :comment
    RETURNING ticket_id
""").bindparams(bindparam("comment", type_=Uuid))


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

    async def comment(self, comment_id: UUID) -> Comment | None:
        row = (await self._session.execute(_COMMENT, {"comment": comment_id})).one_or_none()
        return Comment(*row) if row else None

    async def comment_from(self, source: str) -> Comment | None:
        row = (await self._session.execute(_COMMENT_FROM, {"source": source})).one_or_none()
        return Comment(*row) if row else None

    async def revise_comment(self, changed: Comment, *, earlier: tuple[datetime, str] | None) -> Sequence[UUID] | None:
        if earlier is not None:
            at, said = earlier
            kept = {"id": new_id(), "comment_id": changed.id, "at": at, "text": said}
            if (await self._session.execute(_KEEP_WORDS, kept)).rowcount == 0:
                return None
        words = {"text": changed.text, "edited_at": changed.edited_at}
        await self._session.execute(_CHANGE_COMMENT, words | {"comment": changed.id})
        return [row.ticket_id for row in await self._session.execute(_SHOW_COMMENT_AGAIN, {"comment": changed.id})]

    async def delete_comment(self, comment_id: UUID, *, at: datetime) -> Sequence[UUID]:
        await self._session.execute(_COMMENT_GONE, {"comment": comment_id, "at": at})
        return [row.ticket_id for row in await self._session.execute(_TAKE_COMMENT_AWAY, {"comment": comment_id})]

    async def entry(self, entry_id: UUID) -> Attribution:
        row = (await self._session.execute(_ENTRY, {"entry": entry_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such message on a ticket.")
        return Attribution(*row)

    async def attributions(self, message_id: UUID) -> Sequence[Attribution]:
        rows = await self._session.execute(_ATTRIBUTIONS, {"message": message_id})
        return [Attribution(*row) for row in rows]

    async def concerns(self, message_id: UUID) -> bool:
        return bool((await self._session.execute(_CONCERNS, {"message": message_id})).scalar())

    async def attribute(self, message_id: UUID, ticket_ids: Sequence[UUID], *, concerns: bool, at: datetime) -> None:
        for ticket_id in ticket_ids:
            of = {"entry": new_id(), "ticket": ticket_id, "message": message_id}
            await self._session.execute(_ATTRIBUTE, {**of, "concerns": concerns, "at": at})

    async def move_away(self, message_id: UUID, ticket_ids: Sequence[UUID], *, to: UUID, by: UUID) -> None:
        values = {"message": message_id, "tickets": list(ticket_ids), "to": to, "by": by}
        await self._session.execute(_MOVE_AWAY, values)

    async def has_replies(self, ticket_id: UUID) -> bool:
        return bool((await self._session.execute(_REPLIES, {"ticket": ticket_id})).scalar())

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        row = (await self._session.execute(TICKETS.deleted, {"channel": channel, "ts": ts})).one_or_none()
        if row is not None:
            await self._session.execute(THREAD_LOST, {"ticket": row.owner})
        return row.owner if row else None

    async def _add(
        self, ticket_id: UUID, of: dict[str, UUID], *, concerns: bool, at: datetime, needs_showing: bool
    ) -> None:
        values = {
            "id": new_id(),
            "ticket_id": ticket_id,
            "message_id": None,
            "comment_id": None,
            "is_outcome": False,
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
