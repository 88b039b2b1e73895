"""What was understood, for the record and for the card."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Integer, Uuid

from storage.database import Session
from storage.tables import ai_context, triage
from ticketing.triage.record import AiContext, Said, TriageRecord
from ticketing.triage.suggestion import Entity, Issue, Priority, Sentiment, Suggestion

_WAITING = 10  # of what a conversation waits with, at most so much is looked through
_ADD = triage.insert()
_ADD_CONTEXT = ai_context.insert()
_NOT_TAKEN_UP = text("""
    SELECT suggestion FROM (
        SELECT id, at, suggestion, message_ids FROM triage
        WHERE conversation_id = :conversation ORDER BY at DESC, id DESC LIMIT :most
    ) AS newest
    WHERE at >= coalesce(:since, at) AND jsonb_array_length(suggestion -> 'issues') > 0
    AND NOT EXISTS (
        SELECT FROM ai_context JOIN ticket ON ticket.id = ai_context.ticket_id
        WHERE ai_context.triage_id = newest.id AND ticket.discarded_at IS NULL
    )
    AND NOT EXISTS (SELECT FROM message WHERE message.id = ANY(newest.message_ids) AND message.edited_at > newest.at)
    ORDER BY at DESC, id DESC LIMIT 1
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("most", type_=Integer),
    bindparam("since", type_=DateTime(timezone=True)),
)


class Triages:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, record: TriageRecord) -> None:
        values = {
            "id": record.id,
            "conversation_id": record.conversation_id,
            "message_ids": list(record.message_ids),
            "suggestion": _suggestion(record.suggestion),
            "verdict": record.verdict,
            "took_ms": record.took_ms,
            "at": record.at,
        }
        await self._session.execute(_ADD, values)

    async def add_context(self, context: AiContext) -> None:
        issue = context.issue
        values = {
            "id": context.id,
            "ticket_id": context.ticket_id,
            "triage_id": context.triage_id,
            "trigger": context.trigger.value,
            "intent": issue.intent,
            "confidence": issue.confidence,
            "sentiment": context.sentiment.value,
            "summary": issue.summary,
            "why": context.why,
            "entities": _entities(issue),
            "at": context.at,
        }
        await self._session.execute(_ADD_CONTEXT, values)

    async def not_taken_up(self, conversation_id: UUID, *, since: datetime | None) -> Said | None:
        asked = {"conversation": conversation_id, "since": since, "most": 1 if since is None else _WAITING}
        row = (await self._session.execute(_NOT_TAKEN_UP, asked)).one_or_none()
        if row is None:
            return None
        said = row.suggestion
        issue = _issue_of(said["issues"][0])
        return Said(issue, Sentiment(said["sentiment"]), said["sentiment_confidence"])


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    # Written out: dataclasses.asdict copies deeply and took longer than the statement.
    return {
        "ticket_worthy": suggestion.ticket_worthy,
        "confidence": suggestion.confidence,
        "why": suggestion.why,
        "issues": [_issue(issue) for issue in suggestion.issues],
        "sentiment": suggestion.sentiment.value,
        "sentiment_confidence": suggestion.sentiment_confidence,
        "language": suggestion.language,
        "brain": suggestion.brain,
        "model": suggestion.model,
        "awaits_answer": suggestion.awaits_answer,
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "subject": issue.subject,
        "summary": issue.summary,
        "type": issue.type,
        "category": issue.category,
        "intent": issue.intent,
        "confidence": issue.confidence,
        "priority": issue.priority.value,
        "message_ids": [str(message_id) for message_id in issue.message_ids],
        "entities": _entities(issue),
        "continues": str(issue.continues) if issue.continues else None,
    }


def _entities(issue: Issue) -> list[dict[str, str]]:
    return [
        {"kind": entity.kind, "value": entity.value, "words": entity.words, "message_id": str(entity.message_id)}
        for entity in issue.entities
    ]


def _issue_of(kept: Mapping[str, Any]) -> Issue:
    return Issue(
        subject=kept["subject"],
        summary=kept["summary"],
        type=kept["type"],
        category=kept["category"],
        intent=kept["intent"],
        confidence=kept["confidence"],
        priority=Priority(kept["priority"]),
        message_ids=tuple(UUID(each) for each in kept["message_ids"]),
        entities=tuple(
            Entity(each["kind"], each["value"], each["words"], UUID(each["message_id"])) for each in kept["entities"]
        ),
        continues=UUID(kept["continues"]) if kept["continues"] else None,
    )
