"""What mails need from storage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core.messages import Letter, Party
from ticketing.mails.belong import Candidate, Possible
from ticketing.mails.suppressed import Suppressed

# An address that gets more from machines of ours than that has one that answers them.
MOST_ANSWERS, ANSWERS_WITHIN = 5, timedelta(hours=24)
# No person writes more mails than that.
FLOOD, FLOOD_WITHIN = 30, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ThreadEnd:
    """What an answer in a conversation goes on from."""

    references: tuple[str, ...]  # ids of the mails before it, oldest first: the last is what it answers. (): nothing
    ours: tuple[UUID, ...]  # our messages that came after, oldest first
    cc: tuple[Party, ...]  # who reads along: on the customer's newest mail, and takes part; at most MOST_COPIES
    left_out: tuple[Party, ...] = ()  # those who do as well, but are too many


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a mail's sender once it is kept."""

    mails: int  # from there within `FLOOD_WITHIN`, this one included; counted up to `FLOOD` + 2
    lifted: bool  # nothing was to be sent there until now


@dataclass(frozen=True, slots=True)
class Got:
    """Whether somebody has shown that mail reaches them."""

    wrote: bool
    answered: bool  # this very mail of ours


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

    async def add(self, message_id: UUID, letter: Letter, *, channel: str, at: datetime) -> Heard:
        """What the message, which was just added, says beyond its words; received then. One statement.

        A proven mail shows that its sender takes mail: nothing is suppressed there any more.
        """
        ...

    async def answer_by_machine(self, channel: str, address: str, *, at: datetime) -> bool:
        """Count one automatic mail to there. False: it has got `MOST_ANSWERS` within `ANSWERS_WITHIN`, and no more."""
        ...

    async def takes_part(self, conversation_id: UUID, address: str) -> bool:
        """Whether somebody there has written in the conversation or was written to."""
        ...

    async def got(self, conversation_id: UUID, address: str, mail_id: str, *, since: datetime) -> Got:
        """What came from there into the conversation since then; the newest hundred of its mails are looked at."""
        ...

    async def take_part(self, conversation_id: UUID, parties: Sequence[Party], *, at: datetime) -> None:
        """They take part from now on; who does already is left alone. The conversation is locked."""
        ...

    async def thread_end(self, conversation_id: UUID, *, before: UUID | None) -> ThreadEnd:
        """What the message `before` answers; None: one that is still to be written, without `ours`. Not locked."""
        ...

    async def offer_match(self, conversation_id: UUID, possible: Possible, *, at: datetime) -> None:
        """The conversation, which is locked and new, may belong to another one."""
        ...

    async def match(self, conversation_id: UUID) -> Match | None:
        """Whether it goes on with another one. To be asked again once the conversation is locked."""
        ...

    async def decide_match(self, conversation_id: UUID, *, same: bool, by: str, at: datetime) -> None:
        """`by` is a name. The conversation is locked."""
        ...

    async def join(self, conversation_id: UUID, into: UUID, *, at: datetime) -> UUID | None:
        """All its messages are the other one's, and whoever wrote them takes part there; of those they brought in, who
        a proven mail names. The newest that waits to be understood. Both are locked.
        """
        ...

    async def aim_anew(self, conversation_id: UUID, into: UUID) -> Sequence[UUID]:
        """What goes on with the one goes on with the other; those about which nobody has decided."""
        ...


class Suppressions(Protocol):
    """Addresses that take no mail any more; all of them in lower case."""

    async def of(self, channel: str, addresses: Collection[str]) -> Mapping[str, Suppressed]:
        """Those of these that are suppressed. Unlocked."""
        ...

    async def add(self, channel: str, suppressed: Suppressed) -> bool:
        """False: it was suppressed already, and its reason stays."""
        ...

    async def lift(self, channel: str, address: str) -> Suppressed | None:
        """None: it was not suppressed."""
        ...
