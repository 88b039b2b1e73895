"""What was understood, for the record and for the card."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import ai_context, triage
from ticketing.triage.record import AiContext, TriageRecord
from ticketing.triage.suggestion import Issue, Suggestion

_ADD = triage.insert()
_ADD_CONTEXT = ai_context.insert()


class Triages:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

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
        await self._connection.execute(_ADD, values)

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
            "entities": _issue(issue)["entities"],
            "at": context.at,
        }
        await self._connection.execute(_ADD_CONTEXT, values)


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return asdict(suggestion) | {"issues": [_issue(issue) for issue in suggestion.issues]}


def _issue(issue: Issue) -> dict[str, Any]:
    return asdict(issue) | {
        "message_ids": [str(message_id) for message_id in issue.message_ids],
        "continues": str(issue.continues) if issue.continues else None,
        "entities": [asdict(entity) | {"message_id": str(entity.message_id)} for entity in issue.entities],
    }
