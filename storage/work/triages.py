"""What was understood, for the record and for the card."""

from typing import Any

from storage.database import Session
from storage.tables import ai_context, triage
from ticketing.triage.record import AiContext, TriageRecord
from ticketing.triage.suggestion import Issue, Suggestion

_ADD = triage.insert()
_ADD_CONTEXT = ai_context.insert()


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
