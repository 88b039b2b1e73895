"""What people put right, kept as examples."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import Uuid

from core.ids import new_id
from storage.database import Session
from storage.tables import correction
from ticketing.triage.correction import Corrected, Labels, Reading

_ADD = correction.insert()

# The triage that opened the ticket; or the messages for which a person did.
_OPENED_FROM = text("""
    SELECT triage.id AS triage_id, triage.suggestion, context.intent, context.summary
    FROM ticket
    JOIN ai_context AS context ON context.ticket_id = ticket.id
    JOIN triage ON triage.id = context.triage_id
    WHERE ticket.id = :ticket AND ticket.reporter = 'ai'
    ORDER BY context.at, context.id LIMIT 1
""").bindparams(bindparam("ticket", type_=Uuid))
_OPENED_BY_HAND_FROM = text("""
    SELECT message_ids, triage_id, said FROM correction
    WHERE ticket_id = :ticket AND kind IN ('opened_by_hand', 'split')
    ORDER BY at, id LIMIT 1
""").bindparams(bindparam("ticket", type_=Uuid))
_UNDERSTOOD_IN = text("""
    SELECT id, suggestion FROM triage
    WHERE conversation_id = :conversation AND :message = ANY(message_ids)
    ORDER BY at DESC, id DESC LIMIT 1
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("message", type_=Uuid))

_NEWEST = text("""
    SELECT id, suggestion, message_ids FROM triage
    WHERE conversation_id = :conversation ORDER BY at DESC, id DESC LIMIT 1
""").bindparams(bindparam("conversation", type_=Uuid))


class Corrections:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, corrected: Corrected) -> None:
        values = {
            "id": new_id(),
            "kind": corrected.kind.value,
            "conversation_id": corrected.conversation_id,
            "ticket_id": corrected.ticket_id,
            "triage_id": corrected.reading.triage_id,
            "message_ids": list(corrected.reading.message_ids),
            "said": dict(corrected.reading.said),
            "right": dict(corrected.right),
            "by_id": corrected.by.id,
            "by_name": corrected.by.name,
            "at": corrected.at,
        }
        await self._session.execute(_ADD, values)

    async def reading_of_ticket(self, ticket_id: UUID) -> Reading | None:
        row = (await self._session.execute(_OPENED_FROM, {"ticket": ticket_id})).one_or_none()
        if row is not None:
            issues = row.suggestion["issues"]
            same = (each for each in issues if (each["intent"], each["summary"]) == (row.intent, row.summary))
            issue = next(same, issues[0])
            return Reading(_ids(issue["message_ids"]), row.triage_id, _said(row.suggestion, issue))
        row = (await self._session.execute(_OPENED_BY_HAND_FROM, {"ticket": ticket_id})).one_or_none()
        return None if row is None else Reading(tuple(row.message_ids), row.triage_id, row.said)

    async def newest_reading(self, conversation_id: UUID) -> Reading | None:
        row = (await self._session.execute(_NEWEST, {"conversation": conversation_id})).one_or_none()
        if row is None:
            return None
        return Reading(tuple(row.message_ids), row.id, _said(row.suggestion, None))

    async def reading_of_message(self, message_id: UUID, conversation_id: UUID) -> Reading:
        asked = {"message": message_id, "conversation": conversation_id}
        row = (await self._session.execute(_UNDERSTOOD_IN, asked)).one_or_none()
        if row is None:
            return Reading((message_id,))
        issues = row.suggestion["issues"] if row.suggestion["ticket_worthy"] else []
        issue = next((each for each in issues if str(message_id) in each["message_ids"]), None)
        return Reading((message_id,), row.id, _said(row.suggestion, issue))


def _said(suggestion: Mapping[str, Any], issue: Mapping[str, Any] | None) -> Labels:
    said = {"ticket_worthy": suggestion["ticket_worthy"]}
    return said if issue is None else said | {name: issue[name] for name in ("type", "category", "intent")}


def _ids(texts: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(UUID(each) for each in texts)
