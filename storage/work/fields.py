"""Custom fields: where their values came from. The values themselves are the ticket's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from storage.database import Session
from storage.tables import field_source
from ticketing.customers.customer import Customer
from ticketing.fields.provenance import FieldSource, KeptWords
from ticketing.fields.surroundings import Surroundings

_SURROUNDINGS = text("""
    SELECT conversation.channel, team.name AS team, customer.id, customer.name, customer.created_at, customer.tier,
        customer.language, customer.time_zone, customer.custom, customer.merged_into, customer.version
    FROM ticket
    JOIN conversation ON conversation.id = ticket.conversation_id
    JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN team ON team.id = ticket.team_id
    WHERE ticket.id = :ticket
""").bindparams(bindparam("ticket", type_=Uuid))
_FILES = text("""
    SELECT attachment.id
    FROM room_entry
    JOIN attachment ON attachment.message_id = room_entry.message_id OR attachment.comment_id = room_entry.comment_id
    WHERE room_entry.ticket_id = :ticket AND room_entry.moved_to IS NULL
    ORDER BY attachment.created_at DESC
    LIMIT 300
""").bindparams(bindparam("ticket", type_=Uuid))
_SAID = text("""
    SELECT message.id, message.text
    FROM room_entry
    JOIN message ON message.id = room_entry.message_id
    WHERE room_entry.ticket_id = :ticket AND room_entry.message_id = ANY (:messages) AND room_entry.moved_to IS NULL
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("messages", type_=ARRAY(Uuid)))
_SOURCES = select(*(field_source.c[each.name] for each in fields(FieldSource))).where(
    field_source.c.ticket_id == bindparam("ticket")
)
_KEEP_WORDS = """
    INSERT INTO field_words (digest, ticket_id, field, salt, text, at)
    SELECT said.digest, :ticket, said.field, said.salt, said.text, :at
    FROM jsonb_to_recordset(:words) AS said(digest text, field text, salt text, text text)
"""
_SETTLE = text(
    f"""
    WITH kept AS ({_KEEP_WORDS})
    INSERT INTO field_source (ticket_id, field, source, filled_at, confirmed_by, confirmed_at)
    SELECT :ticket, given.field, :source, :at, :by, CASE WHEN CAST(:by AS uuid) IS NOT NULL THEN :at END
    FROM unnest(:fields) AS given(field)
    ON CONFLICT (ticket_id, field) DO UPDATE
    SET confirmed_by = EXCLUDED.confirmed_by, confirmed_at = EXCLUDED.confirmed_at, stale_since = NULL
"""  # noqa: S608 - of constants
).bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("words", type_=JSONB),
    bindparam("at", type_=DateTime(timezone=True)),
    bindparam("source", type_=Text),
    bindparam("by", type_=Uuid),
    bindparam("fields", type_=ARRAY(Text)),
)
_FILL = text(
    f"""
    WITH found AS (
        SELECT * FROM jsonb_to_recordset(:found) AS found(
            field text, source text, name text, value jsonb, message_id uuid, words text, confidence float8)
    ), filled AS (
        INSERT INTO field_source AS known
            (ticket_id, field, source, name, value, message_id, words, confidence, filled_at)
        SELECT :ticket, field, source, name, value, message_id, words, confidence, :at
        FROM found
        WHERE field <> ALL (:full) OR EXISTS (
            SELECT FROM field_source AS old
            WHERE old.ticket_id = :ticket AND old.field = found.field
                AND old.stale_since IS NOT NULL AND old.confirmed_at IS NULL
        )
        ON CONFLICT (ticket_id, field) DO UPDATE
        SET source = EXCLUDED.source, name = EXCLUDED.name, value = EXCLUDED.value, message_id = EXCLUDED.message_id,
            words = EXCLUDED.words, confidence = EXCLUDED.confidence, filled_at = EXCLUDED.filled_at,
            stale_since = NULL
        WHERE known.confirmed_at IS NULL
        RETURNING field
    ), kept AS ({_KEEP_WORDS} WHERE said.field IN (SELECT field FROM filled))
    SELECT field FROM filled
"""  # noqa: S608 - of constants
).bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("found", type_=JSONB),
    bindparam("words", type_=JSONB),
    bindparam("full", type_=ARRAY(Text)),
    bindparam("at", type_=DateTime(timezone=True)),
)
_MARK_STALE = (
    update(field_source)
    .where(field_source.c.message_id == bindparam("message"), field_source.c.stale_since.is_(None))
    .values(stale_since=bindparam("since"))
)


class Fields:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def surroundings(self, ticket_id: UUID) -> Surroundings:
        row = (await self._session.execute(_SURROUNDINGS, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        values = row.as_dict()
        return Surroundings(values.pop("channel"), values.pop("team"), Customer(**values))

    async def files(self, ticket_id: UUID) -> Collection[UUID]:
        return {row[0] for row in await self._session.execute(_FILES, {"ticket": ticket_id})}

    async def said(self, ticket_id: UUID, messages: Collection[UUID]) -> Mapping[UUID, str]:
        rows = await self._session.execute(_SAID, {"ticket": ticket_id, "messages": list(messages)})
        return {row.id: row.text for row in rows}

    async def sources(self, ticket_id: UUID) -> Mapping[str, FieldSource]:
        rows = await self._session.execute(_SOURCES, {"ticket": ticket_id})
        return {row.field: FieldSource(**row.as_dict()) for row in rows}

    async def settle(
        self,
        ticket_id: UUID,
        fields: Collection[str],
        words: Sequence[KeptWords],
        *,
        by: UUID | None,
        source: str,
        at: datetime,
    ) -> None:
        values = {"ticket": ticket_id, "fields": list(fields), "by": by, "source": source, "at": at}
        await self._session.execute(_SETTLE, values | {"words": _words(words)})

    async def fill(
        self, ticket_id: UUID, found: Sequence[FieldSource], words: Sequence[KeptWords], *, full: Collection[str]
    ) -> Collection[str]:
        values = {
            "ticket": ticket_id,
            "found": [_found(each) for each in found],
            "words": _words(words),
            "full": list(full),
            "at": found[0].filled_at,
        }
        return {row[0] for row in await self._session.execute(_FILL, values)}

    async def mark_stale(self, message_id: UUID, *, at: datetime) -> None:
        await self._session.execute(_MARK_STALE, {"message": message_id, "since": at})


def _words(words: Sequence[KeptWords]) -> list[dict[str, str]]:
    return [{"field": each.field, "digest": each.digest, "salt": each.salt, "text": each.text} for each in words]


def _found(source: FieldSource) -> dict[str, object]:
    return {
        "field": source.field,
        "source": source.source,
        "name": source.name,
        "value": source.value,
        "message_id": str(source.message_id) if source.message_id else None,
        "words": source.words,
        "confidence": source.confidence,
    }
