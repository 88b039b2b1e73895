"""What telling people needs from storage."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from ticketing.direct_messages.direct_message import Assignment, DirectMessage
from ticketing.direct_messages.shown import Mailing, MailState, Owed, Told


class DirectMessages(Protocol):
    async def owe(self, message: DirectMessage) -> bool:
        """False: they are told that already, or have been."""
        ...

    async def miss(self, message: DirectMessage, why: str, *, now: datetime) -> None:
        """It is never told, for this reason: that much is kept."""
        ...

    async def owe_watchers(
        self, ticket_id: UUID, *, since: datetime, due: datetime, apart: timedelta, most: int
    ) -> None:
        """News of the ticket, for each person who watches it and is not going to hear of it anyway: what the clock has
        come to may have been read before them.

        They are told at `due`, or so long after what they were told last, when the clock comes to it.
        """
        ...

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """What the clock has come to, the longest due first. Not locked."""
        ...

    async def queue(self, message_id: UUID, *, now: datetime) -> bool:
        """The clock has come to it. False: before, or somebody else has."""
        ...

    async def miss_in_slack(self, message_id: UUID, *, now: datetime) -> bool:
        """It is not told there, because they are not there. False: it is settled already."""
        ...

    async def begin_mail(self, message_id: UUID, *, job: str) -> bool:
        """A mail with it is going to be handed over. False: one was begun before."""
        ...

    async def put_mail_back(self, message_id: UUID, *, job: str) -> None:
        """What this job began provably did not leave."""
        ...

    async def end_mail(self, message_id: UUID, state: MailState, *, why: str | None, job: str | None) -> None:
        """Of the mail that this job began; `job` None: of one that nobody has begun."""
        ...

    async def told_by_mail(self, message_id: UUID, *, now: datetime) -> None:
        """It is told, though not in Slack."""
        ...

    async def assignment(self, ticket_id: UUID) -> Assignment | None:
        """The newest, be it that it was opened for somebody. None: there is no such ticket."""
        ...


class ReadDirectMessages(Protocol):
    """What is read when something is told. Every method is one short transaction of its own."""

    async def mailing(self, message_id: UUID) -> Mailing | None:
        """None: it is forgotten."""
        ...

    async def told(self, owed: Owed) -> Told:
        """What it is about, as that is by now. Raises NotFound."""
        ...
