"""That a ticket was handed to people: why, whom it concerns, and how things stood. Values only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.escalation.brief import Brief
from ticketing.playbook.sla_policy import Audience
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Sentiment


@dataclass(frozen=True, slots=True)
class Escalation:
    """`because`: of each rule that came to hold just then, in the words of the playbook at that time."""

    id: UUID
    ticket_id: UUID
    at: datetime
    trigger: Trigger
    because: tuple[str, ...]
    notify: frozenset[Audience]
    sentiment_then: Sentiment | None  # when the ticket was first understood
    sentiment: Sentiment | None  # when it was escalated
    brief: Brief  # as things stand, for as long as it is with people


@dataclass(frozen=True, slots=True)
class Watched:
    """What is kept of a ticket's rules: those that have escalated it, and when they are looked at again."""

    standing: frozenset[str] = frozenset()
    look_at: datetime | None = None
