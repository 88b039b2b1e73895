"""Finding tickets and conversations from anywhere in Slack: what the desk's lists and its search answer, for views."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from ticketing.tickets.listing import BY_PRIORITY, Order, TicketFilter
from ticketing.tickets.shown_line import ConversationName, ShownLine, ShownPage


class Finding(Protocol):
    """Reads only. Every method is a few single statements, none of which reads more than a page."""

    async def page(
        self, wanted: TicketFilter, *, order: Order = BY_PRIORITY, after: str | None = None, most: int
    ) -> ShownPage:
        """Raises FilterRefused: no such cursor in this order."""
        ...

    async def search(self, said: str, *, most: int) -> Sequence[ShownLine]:
        """By the words of subjects, messages and comments, the newest texts first; "#12" is a number."""
        ...

    async def numbered(self, number: int) -> UUID:
        """The ticket with this number, also one that counts nowhere. Raises NotFound."""
        ...

    async def conversations(self, customers: Collection[UUID], *, most: int = 100) -> Sequence[ConversationName]:
        """Of these customers, the newest first."""
        ...

    async def conversation(self, conversation_id: UUID) -> ConversationName:
        """Raises NotFound."""
        ...

    async def link(self, number: int) -> str:
        """The lasting address of a ticket. It leads whoever has it to the card."""
        ...

    async def number_in(self, url: str) -> int | None:
        """The number of the ticket that an address of ours is of; None for any other address."""
        ...
