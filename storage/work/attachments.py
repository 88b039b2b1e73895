"""Files of messages and comments: what is known of them. Their bytes are in `storage/blobs/`."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import attachment
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.attachments.ports import Whereabouts

_ADD = insert(attachment).on_conflict_do_nothing()
_SELECT = select(*(attachment.c[field.name] for field in fields(Attachment)))
_GET = _SELECT.where(attachment.c.id == bindparam("file"))
_LOCK = _GET.with_for_update(key_share=True)
_SETTLED = ("state", "why", "content_type", "size", "sha256", "width", "height", "has_thumbnail")
_SAVE = (
    update(attachment)
    .where(attachment.c.id == bindparam("file"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)
# A comment without a post of ours was written in the thread itself, with its files, and is not shown a second time.
_SHOW_AGAIN = text("""
    UPDATE room_entry SET needs_showing = true
    FROM attachment
    WHERE attachment.id = :file
        AND (room_entry.message_id = attachment.message_id
             OR (room_entry.comment_id = attachment.comment_id AND room_entry.slack_ts IS NOT NULL))
""").bindparams(bindparam("file", type_=Uuid))
# A reply names the file that it carries; what customers send names its message.
_SHOW_REPLY_AGAIN = text("""
    UPDATE room_entry SET needs_showing = true
    FROM message
    WHERE message.file_id = :file AND message.file_id IS NOT NULL AND room_entry.message_id = message.id
""").bindparams(bindparam("file", type_=Uuid))
_WHERE = text("""
    SELECT message.id, message.conversation_id, comment.ticket_id
    FROM attachment
    LEFT JOIN message ON message.id = coalesce(
        attachment.message_id,
        (SELECT id FROM message AS reply WHERE reply.file_id = :file AND reply.file_id IS NOT NULL LIMIT 1)
    )
    LEFT JOIN comment ON comment.id = attachment.comment_id
    WHERE attachment.id = :file
""").bindparams(bindparam("file", type_=Uuid))
_BY_REQUEST = select(attachment.c.id).where(attachment.c.request == bindparam("wanted"))
_TAKE = text("UPDATE attachment SET attached_at = coalesce(attached_at, :at) WHERE id = ANY(:files)").bindparams(
    bindparam("files", type_=ARRAY(Uuid)), bindparam("at", type_=DateTime(timezone=True))
)
# Shared: many may store the same content at once. Whoever deletes it takes the lock for himself.
_HOLD = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:content, 0))").bindparams(
    bindparam("content", type_=Text)
)


def _attachment(row: Row) -> Attachment:
    values = row.as_dict()
    values["state"] = FileState(values["state"])
    return Attachment(**values)


class Attachments:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, new: Attachment) -> bool:
        values = {field.name: getattr(new, field.name) for field in fields(Attachment)}
        return (await self._session.execute(_ADD, values | {"state": new.state.value})).rowcount == 1

    async def get(self, file_id: UUID) -> Attachment:
        row = (await self._session.execute(_GET, {"file": file_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such file.")
        return _attachment(row)

    async def lock(self, file_id: UUID) -> Attachment:
        row = (await self._session.execute(_LOCK, {"file": file_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such file.")
        return _attachment(row)

    async def save(self, changed: Attachment) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _SETTLED}
        await self._session.execute(_SAVE, {"file": changed.id} | new | {"new_state": changed.state.value})
        await self._session.execute(_SHOW_AGAIN, {"file": changed.id})
        await self._session.execute(_SHOW_REPLY_AGAIN, {"file": changed.id})

    async def where(self, file_id: UUID) -> Whereabouts:
        row = (await self._session.execute(_WHERE, {"file": file_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such file.")
        return Whereabouts(*row)

    async def by_request(self, request: str) -> UUID | None:
        found: UUID | None = (await self._session.execute(_BY_REQUEST, {"wanted": request})).scalar()
        return found

    async def take(self, file_ids: Sequence[UUID], *, at: datetime) -> None:
        await self._session.execute(_TAKE, {"files": list(file_ids), "at": at})

    async def hold(self, sha256: str) -> None:
        await self._session.execute(_HOLD, {"content": sha256})
