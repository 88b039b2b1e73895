"""What the bot keeps about Slack: where a ticket is shown, what still has to be shown, who a Slack user is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.tickets.card import RoomEntry, Shown, TicketCard

__all__ = ["Rooms", "Shown"]


class Rooms(Protocol):
    """Every method is one short transaction of its own; no lock is held while Slack is called."""

    async def take(self, ticket_id: UUID, *, job: str, now: datetime) -> Shown | None:
        """Become the one job that shows this ticket, for 30 seconds or until `release`.

        None: another job is at it, and will look again before it stops. The same `job` may take twice: its first run
        died. A card that is not posted yet is marked as being posted.
        """
        ...

    async def release(self, ticket_id: UUID, *, job: str) -> bool:
        """Let go. True: something changed meanwhile, take it again."""
        ...

    async def card(self, ticket_id: UUID) -> TicketCard: ...

    async def card_shown(self, ticket_id: UUID, *, channel: str, ts: str, digest: str, now: datetime) -> bool:
        """Note where it stands and what it shows. False: it was deleted meanwhile, and stands nowhere."""
        ...

    async def card_lost(self, ticket_id: UUID) -> None:
        """The message is gone from Slack, or provably never reached it: it counts as not posted."""
        ...

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        """What is to be shown or shown anew in the thread, oldest first; marked as being posted."""
        ...

    async def entries_lost(self, entry_ids: Sequence[UUID]) -> None:
        """These were begun and provably did not reach Slack."""
        ...

    async def entry_shown(self, entry_id: UUID, *, ts: str) -> None: ...

    async def ticket_at(self, channel: str, thread_ts: str) -> UUID | None:
        """The ticket whose card stands there."""
        ...

    async def email_of(self, slack_user: str) -> str | None: ...

    async def remember_user(self, slack_user: str, email: str, *, now: datetime) -> None: ...
