"""What understanding needs from storage: what was said, what was put right, and whether the AI is on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.triage.correction import Corrected, Reading
from ticketing.triage.record import AiContext, Said, TriageRecord


class Triages(Protocol):
    async def add(self, record: TriageRecord) -> None: ...

    async def add_context(self, context: AiContext) -> None: ...

    async def not_taken_up(self, conversation_id: UUID, *, since: datetime | None) -> Said | None:
        """The newest that names an issue, of those since then; without an instant the newest of all, or none.

        None where a ticket stands for it, or a message it was read from has been edited since.
        """
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch for the whole desk."""

    is_on: bool
    since: datetime


class Switches(Protocol):
    async def ai(self) -> Switch: ...

    async def turn_ai(self, *, on: bool, at: datetime) -> bool:
        """False if it was so already."""
        ...


class Corrections(Protocol):
    async def add(self, corrected: Corrected) -> None: ...

    async def reading_of_ticket(self, ticket_id: UUID) -> Reading | None:
        """What the ticket was opened from. None: no brain has said anything about it."""
        ...

    async def newest_reading(self, conversation_id: UUID) -> Reading | None:
        """What was said of the customer's newest messages. None: no brain has been asked."""
        ...

    async def reading_of_message(self, message_id: UUID, conversation_id: UUID) -> Reading:
        """The message alone, with what was said when it was understood."""
        ...
