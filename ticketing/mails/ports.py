"""What mails need from storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.messages import Letter, Party
from ticketing.mails.belong import Candidate, Possible


@dataclass(frozen=True, slots=True)
class ThreadEnd:
    """What an answer in a conversation goes on from."""

    references: tuple[str, ...]  # ids of the mails before it, oldest first: the last is what it answers. (): nothing
    ours: tuple[UUID, ...]  # our messages that came after, oldest first
    cc: tuple[Party, ...]  # who reads along: on the customer's newest mail, and takes part


@dataclass(frozen=True, slots=True)
class Match:
    """A conversation that may go on with another one."""

    conversation_id: UUID
    target_id: UUID
    why: str
    same: bool | None  # None: nobody has decided
    decided_by: str | None


class Mails(Protocol):
    async def candidates(self, letter: Letter, channel: str) -> Sequence[Candidate]:
        """The conversations that it may go on with, the surest first, at most a few. One statement; not locked."""
        ...

    async def add(self, message_id: UUID, letter: Letter) -> None:
        """What the message, which was just added, says beyond its words."""
        ...

    async def take_part(self, conversation_id: UUID, parties: Sequence[Party], *, at: datetime) -> None:
        """They take part from now on; who does already is left alone. The conversation is locked."""
        ...

    async def thread_end(self, conversation_id: UUID, *, before: UUID) -> ThreadEnd:
        """What the message `before` answers. Not locked."""
        ...

    async def offer_match(self, conversation_id: UUID, possible: Possible, *, at: datetime) -> None:
        """The conversation, which is locked and new, may belong to another one."""
        ...
