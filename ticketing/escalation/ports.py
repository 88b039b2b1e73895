"""What escalations need from storage."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.escalation.brief import Brief, Course
from ticketing.escalation.escalation import Escalation, Watched


class Escalations(Protocol):
    async def watched(self, ticket_id: UUID) -> Watched:
        """The ticket is locked."""
        ...

    async def watch(self, ticket_id: UUID, look_at: datetime | None) -> None:
        """Its rules are looked at again then; None: not before something happens."""
        ...

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Tickets whose rules are to be looked at by now, the longest due first. Not locked."""
        ...

    async def add(self, escalation: Escalation, rules: Collection[str]) -> None:
        """These rules stand from now on. The ticket is locked."""
        ...

    async def end(self, ticket_id: UUID, rules: Collection[str]) -> None:
        """They stand no more. The ticket is locked."""
        ...

    async def get(self, escalation_id: UUID) -> Escalation:
        """Unlocked. Raises NotFound."""
        ...

    async def brief_anew(self, ticket_id: UUID, brief: Brief) -> bool:
        """In the newest of the locked ticket; False: it says that already, or there is none."""
        ...

    async def course(self, ticket_id: UUID) -> Course:
        """What the ticket has been through."""
        ...
