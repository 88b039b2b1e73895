"""The ticket as a value. What may change it is in `changes.py`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class Ticket:
    """One issue of one customer, traced to the conversation it came from.

    `version` grows by one with every change; buttons and forms bring back the one they were drawn from.
    """

    id: UUID
    number: int
    conversation_id: UUID
    customer_id: UUID
    type: str
    category: str
    subject: str
    description: str
    status: str
    priority: Priority
    team_id: UUID | None
    assignee_id: UUID | None
    reporter: str  # the kind of actor that opened it: agent | ai
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    version: int = 1
    discarded_at: datetime | None = (
        None  # it was no ticket after all: `status` is the one it had, and it counts nowhere
    )
    discarded_by: UUID | None = None  # the person
