"""Replies that a brain is asked to suggest, and what it is told of a room. `storage/prune.py` forgets them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.types import DateTime, Integer, Uuid

from core.errors import NotFound
from storage.database import Session
from storage.queries.words import with_words
from storage.tables import reply_draft
from ticketing.drafting.draft import Line
from ticketing.drafting.ports import AskedDraft

_COLUMNS = [reply_draft.c[field.name] for field in fields(AskedDraft)]
_ADD = reply_draft.insert()
_IS_WRITTEN = text("""
    SELECT id FROM reply_draft
    WHERE asked_at > :since AND person_id = :person AND form ->> 'view' = :view AND text IS NULL AND why IS NULL
    LIMIT 1
""").bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("person", type_=Uuid))
_LOCK = select(*_COLUMNS).where(reply_draft.c.id == bindparam("draft")).with_for_update()
_SAVE = (
    update(reply_draft)
    .where(reply_draft.c.id == bindparam("draft"))
    .values({name: bindparam(f"new_{name}") for name in ("form", "text", "why")})
)
_LINES = text(
    with_words("""
    SELECT said, by_customer, has_file FROM (
        SELECT message.at, message.id, left(message.text, :longest) AS said, message.direction = 'in' AS by_customer,
            message.file_id IS NOT NULL
                OR EXISTS (SELECT FROM attachment WHERE attachment.message_id = message.id) AS has_file
        FROM room_entry JOIN message ON message.id = room_entry.message_id
        WHERE room_entry.ticket_id = :ticket AND room_entry.moved_to IS NULL
            AND message.delivery NOT IN ('withdrawn', 'failed') AND :FOR_THEMSELVES
        ORDER BY message.at DESC, message.id DESC LIMIT :most
    ) AS newest
    ORDER BY at, id
""")
).bindparams(bindparam("ticket", type_=Uuid), bindparam("most", type_=Integer), bindparam("longest", type_=Integer))


class Drafts:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, asked: AskedDraft) -> None:
        await self._session.execute(_ADD, {field.name: getattr(asked, field.name) for field in fields(asked)})

    async def is_written(self, form: str, *, by: UUID, since: datetime) -> bool:
        found = await self._session.execute(_IS_WRITTEN, {"view": form, "person": by, "since": since})
        return found.one_or_none() is not None

    async def lock(self, draft_id: UUID) -> AskedDraft:
        row = (await self._session.execute(_LOCK, {"draft": draft_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such suggestion.")
        return AskedDraft(*row)

    async def save(self, asked: AskedDraft) -> None:
        values = {"new_form": dict(asked.form), "new_text": asked.text, "new_why": asked.why}
        await self._session.execute(_SAVE, {"draft": asked.id, **values})

    async def lines(self, ticket_id: UUID, *, most: int, longest: int) -> Sequence[Line]:
        rows = await self._session.execute(_LINES, {"ticket": ticket_id, "most": most, "longest": longest})
        return [Line(*row) for row in rows]
