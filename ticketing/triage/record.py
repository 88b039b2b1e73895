"""What is kept of an understanding: the triage of a burst, and the AI context of the tickets it touched."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.triage.suggestion import Issue, Sentiment, Suggestion


class Trigger(StrEnum):
    """Why the AI opened or enriched a ticket (SPEC 7.2)."""

    TRIAGE = "triage"  # sure enough that this needs a ticket
    LOW_CONFIDENCE = "low_confidence"  # not sure: a person decides
    BRAIN_FAILED = "brain_failed"  # no usable answer: a person reads it
    AI_OFF = "ai_off"  # switched off: nobody was asked, a person reads it
    SENTIMENT = "sentiment"  # a rule about how the customer sounds handed it to people
    RULE = "rule"  # another rule did
    RUN = "run"  # the AI worked on it, and left it to people


@dataclass(frozen=True, slots=True)
class TriageRecord:
    """One burst, understood once. `verdict` says in a sentence what was done and why."""

    id: UUID
    conversation_id: UUID
    message_ids: tuple[UUID, ...]
    suggestion: Suggestion
    verdict: str
    took_ms: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a brain said of messages that no ticket has taken up."""

    issue: Issue
    sentiment: Sentiment
    sentiment_confidence: float


@dataclass(frozen=True, slots=True)
class AiContext:
    """What the AI understood when it opened a ticket or added to it."""

    id: UUID
    ticket_id: UUID
    triage_id: UUID
    trigger: Trigger
    issue: Issue
    sentiment: Sentiment
    why: str
    at: datetime
