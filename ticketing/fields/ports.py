"""What the use cases about fields need from storage."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.fields.provenance import FieldSource, KeptWords
from ticketing.fields.surroundings import Surroundings


class Fields(Protocol):
    async def surroundings(self, ticket_id: UUID) -> Surroundings:
        """Unlocked."""
        ...

    async def files(self, ticket_id: UUID) -> Collection[UUID]:
        """Of the messages and comments in the ticket's room: the newest few hundred."""
        ...

    async def said(self, ticket_id: UUID, messages: Collection[UUID]) -> Mapping[UUID, str]:
        """The texts of those of these messages that stand in the ticket's room."""
        ...

    async def sources(self, ticket_id: UUID) -> Mapping[str, FieldSource]:
        """Where the ticket's values came from, by field. Those that came from nowhere are missing."""
        ...

    async def settle(
        self,
        ticket_id: UUID,
        fields: Collection[str],
        words: Sequence[KeptWords],
        *,
        by: UUID | None,
        source: str,
        at: datetime,
    ) -> None:
        """Somebody set or confirmed these: they stand by them. `by` None: no person. One statement."""
        ...

    async def fill(
        self, ticket_id: UUID, found: Sequence[FieldSource], words: Sequence[KeptWords], *, full: Collection[str]
    ) -> Collection[str]:
        """Keep where values came from; the fields that may be filled. One statement.

        Not those that a person set, emptied or confirmed, and of those that are `full` only the stale ones.
        """
        ...

    async def mark_stale(self, message_id: UUID, *, at: datetime) -> None:
        """The words of this message are others now."""
        ...
