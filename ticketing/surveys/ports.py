"""What surveys need from the world."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.surveys.survey import Survey


class Surveys(Protocol):
    async def add(self, survey: Survey) -> bool:
        """False: there is one already for this resolution of the ticket."""
        ...

    async def get(self, survey_id: UUID) -> Survey | None:
        """Unlocked."""
        ...

    async def lock(self, survey_id: UUID) -> Survey:
        """Locked after its conversation and ticket. Raises NotFound."""
        ...

    async def lock_asked(self, conversation_id: UUID, *, since: datetime) -> Survey | None:
        """The newest that was asked after `since` and not answered yet."""
        ...

    async def save(self, survey: Survey) -> None: ...

    async def asked_since(self, customer_id: UUID, since: datetime) -> bool:
        """Whether this customer was asked about anything after `since`."""
        ...

    async def language_of(self, conversation_id: UUID) -> str | None:
        """The customer's, or else what they wrote last, as far as it was understood, e.g. "de"."""
        ...
