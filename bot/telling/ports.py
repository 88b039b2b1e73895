"""What telling people needs to know, and notes. Every method is one short transaction of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.digests.digest import Digest
from ticketing.direct_messages.shown import Owed, StandingRequest, Told
from ticketing.people.person import Person


class DirectMessages(Protocol):
    async def owed(self, message_id: UUID) -> Owed | None:
        """None: it was told, or dropped."""
        ...

    async def told(self, owed: Owed) -> Told:
        """What it is about, as that is by now. Raises NotFound."""
        ...

    async def begin(self, message_id: UUID, *, run: UUID, seen: datetime | None, now: datetime) -> bool:
        """It is going to be posted. `seen`: its `posting_since`. False: somebody else began, or it was told."""
        ...

    async def not_posted(self, message_id: UUID, *, run: UUID) -> None:
        """What this run began provably did not reach Slack."""
        ...

    async def was_told(self, message_id: UUID, *, channel: str, ts: str, now: datetime) -> None: ...

    async def drop(self, message_id: UUID, why: str, *, now: datetime) -> None:
        """It is not told, for this reason."""
        ...

    async def requests(self, ticket_id: UUID, *, most: int) -> Sequence[StandingRequest]:
        """About this ticket, told to people, and not shown as settled yet."""
        ...

    async def asked_about(self, message_id: UUID) -> UUID | None:
        """The ticket, where this told somebody of a request, and does not show yet that it is settled."""
        ...

    async def over(self, message_id: UUID) -> None:
        """It shows what became of it."""
        ...

    async def opened(self, slack_user: str, channel: str) -> None:
        """The app's conversation with this user is that channel."""
        ...


class Digests(Protocol):
    async def digest(self, reader: Person, planned: datetime, *, now: datetime) -> Digest:
        """What they are told on the day of `planned`, as that is now."""
        ...
