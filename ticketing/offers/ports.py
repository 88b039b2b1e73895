"""What offers need from the world."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.offers.offer import Offer


class Offers(Protocol):
    async def add(self, offer: Offer) -> bool:
        """False: one was made already when the ticket came into its status that time."""
        ...

    async def get(self, offer_id: UUID) -> Offer | None:
        """Unlocked."""
        ...

    async def unanswered(self, conversation_id: UUID, *, since: datetime) -> Sequence[Offer]:
        """Those made after `since` that can still be answered, the newest two. Not locked: its conversation is."""
        ...

    async def save(self, offer: Offer) -> None: ...

    async def sent_again(self, message_id: UUID, as_message: UUID, *, tickets: Collection[UUID]) -> None:
        """What was offered to customers with one message is offered with another one now, if anything was."""
        ...
