"""What drafting needs from storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.drafting.draft import Line


@dataclass(frozen=True, slots=True)
class AskedDraft:
    """A draft that somebody asked for, and what came of it. `form` is what the door needs to find their form again."""

    id: UUID
    ticket_id: UUID
    person_id: UUID
    asked_at: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None  # what was suggested
    why: str | None = None  # why nothing was, in words

    @property
    def is_answered(self) -> bool:
        return self.text is not None or self.why is not None


class Drafts(Protocol):
    """Drafts that people asked for. They live for a day."""

    async def add(self, asked: AskedDraft) -> None: ...

    async def is_written(self, form: str, *, by: UUID, since: datetime) -> bool:
        """Whether one that they asked for in this form since then has no answer yet. `form`: its view."""
        ...

    async def lock(self, draft_id: UUID) -> AskedDraft:
        """Raises NotFound."""
        ...

    async def save(self, asked: AskedDraft) -> None:
        """Its form, and what came of it."""
        ...

    async def lines(self, ticket_id: UUID, *, most: int, longest: int) -> Sequence[Line]:
        """The newest messages of the ticket's room, the oldest first, each cut to so many characters. Unlocked.

        No comments, and nothing that moved to another ticket, was taken back or did not reach the customer.
        """
        ...
