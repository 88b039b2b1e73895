"""Calls of actions that people ask for: the value, and what they need from storage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from threadline import OutcomeKind
from ticketing.resolution.run import Json


@dataclass(frozen=True, slots=True)
class HandCall:
    """`form` is what the door needs to find their form again. `begun_at`: from then on it may have been made, by `job`.

    `outcome`: None until it is known. `words`: what is said of it, for people. `value`: what it gave.
    """

    id: UUID
    ticket_id: UUID
    person_id: UUID
    action: str
    arguments: Mapping[str, Json] = field(hash=False)
    asked_at: datetime
    form: Mapping[str, str] = field(default_factory=dict, hash=False)
    begun_at: datetime | None = None
    job: str | None = None
    outcome: OutcomeKind | None = None
    words: str = ""
    value: Json = field(default=None, hash=False)

    @property
    def key(self) -> str:
        """What it is known by elsewhere: the same for every try."""
        return f"hand:{self.id}"


class HandCalls(Protocol):
    """They live for a day; what was done stays in the record of the ticket."""

    async def add(self, asked: HandCall) -> None: ...

    async def lock(self, call_id: UUID) -> HandCall:
        """Raises NotFound."""
        ...

    async def save(self, call: HandCall) -> None:
        """Its form, and what came of it."""
        ...

    async def begin_write(
        self, call: HandCall, customer_id: UUID, *, amount: Decimal | None, currency: str, at: datetime
    ) -> None:
        """It counts for the customer's caps from here on. `currency`: "" where it names none."""
        ...

    async def end_write(self, call: HandCall, outcome: OutcomeKind) -> None:
        """It counts no longer if nothing was done."""
        ...
