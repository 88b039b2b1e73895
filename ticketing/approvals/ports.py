"""What approvals need from storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.approvals.approval import Approval, Decision, Delegation


class Approvals(Protocol):
    """Every approval is changed only by who has locked its ticket."""

    async def add(self, approval: Approval) -> None: ...

    async def ticket_of(self, approval_id: UUID) -> UUID:
        """Raises NotFound."""
        ...

    async def get(self, approval_id: UUID) -> Approval:
        """Of a ticket that is locked. Raises NotFound."""
        ...

    async def open_of(self, ticket_id: UUID) -> Sequence[Approval]:
        """Those that wait or were given and not used up, oldest first."""
        ...

    async def of_ticket(self, ticket_id: UUID) -> Sequence[Approval]:
        """All there ever were, oldest first."""
        ...

    async def decisions(self, approval_id: UUID) -> Sequence[Decision]:
        """Oldest first."""
        ...

    async def save(self, approval: Approval, decision: Decision | None = None) -> None:
        """What became of it. It is to be shown again wherever it is shown."""
        ...

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those that wait and whose time is over, the longest due first. Not locked."""
        ...

    async def delegations(self, *, at: datetime) -> Sequence[Delegation]:
        """All that hold then."""
        ...

    async def delegate(self, delegation: Delegation) -> None:
        """In place of the one that this person had."""
        ...

    async def end_delegation(self, person_id: UUID) -> bool:
        """False: there was none."""
        ...

    async def end_delegations_with(self, person_id: UUID) -> Sequence[UUID]:
        """Theirs, and those of whose delegate they are. Who has no delegate any more."""
        ...
