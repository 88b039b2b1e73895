"""What conversations need from the world: the channels, the inbox, and what is kept of who wrote what."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.messages import Inbound, Limits, Outbound, RawRequest, Receipt, Received, SentCopy
from ticketing.conversations.conversation import Conversation, Message, Revision
from ticketing.triage.suggestion import BurstMessage

Parse = Callable[[RawRequest], tuple[Received, ...]]


class ChannelSender(Protocol):
    """The part of a connector that the outbox needs."""

    limits: Limits

    async def send(self, message: Outbound) -> Receipt: ...


Channels = Mapping[str, ChannelSender]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A provider's event as it stands in the inbox."""

    id: int
    channel: str
    request: RawRequest
    received_at: datetime
    settled: bool


class Inbox(Protocol):
    async def lock(self, inbox_id: int) -> StoredEvent:
        """Raises NotFound once the event has been pruned."""
        ...

    async def settle(self, inbox_id: int, outcome: str, *, note: str, at: datetime) -> None:
        """`outcome`: filed | unreadable | unmatched | ignored | set_aside (`note` says why) | blocked (by its sender's
        address, which is the `note`).
        """
        ...

    async def release_blocked(self, channel: str, address: str) -> Sequence[int]:
        """This sender's blocked events count as not settled again; their ids, oldest first."""
        ...

    async def release_set_aside(self, inbox_id: int) -> bool:
        """It counts as not settled again, and as a person's: its request is `by_hand`. False: it is not set aside."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """An address that somebody wrote from."""

    id: UUID
    channel: str
    address: str
    blocked_at: datetime | None
    blocked_by: str | None  # their name


class Senders(Protocol):
    async def is_blocked(self, channel: str, address: str) -> bool:
        """Unlocked."""
        ...

    async def lock(self, channel: str, address: str) -> Sender:
        """Raises NotFound: nobody has written from there."""
        ...

    async def meet(self, channel: str, address: str, *, at: datetime) -> None:
        """Whoever has written in other people's conversations only is a customer with this address from now on."""
        ...

    async def save(self, sender: Sender) -> None: ...

    async def move(self, channel: str, address: str, to: str) -> None:
        """Their address is another one now, unless somebody has written from there already."""
        ...


class Conversations(Protocol):
    async def open_for(self, message: Inbound, *, at: datetime) -> Conversation:
        """This sender's conversation on this account, locked, whatever its state; made, with its customer, if new.

        Of a mail: the one that it starts.
        """
        ...

    async def open_with(
        self, channel: str, account: str, address: str, name: str | None, *, thread: str = "", at: datetime
    ) -> Conversation:
        """The same with an address that need not have written. `name`: of a customer who is new. `thread` tells apart
        a customer's conversations on a channel with letters.
        """
        ...

    async def only_account(self, channel: str) -> str | None:
        """Our address that customers write to on this channel; None: there are several, or none has written."""
        ...

    async def lock(self, conversation_id: UUID) -> Conversation:
        """Locked before its tickets, by everybody: that order is what keeps transactions from waiting in a circle."""
        ...

    async def lock_of(self, ticket_id: UUID) -> Conversation:
        """The ticket's conversation, locked before the ticket. Raises NotFound."""
        ...

    async def lock_with(self, message_id: UUID) -> Conversation:
        """The message's conversation, locked before the message. Raises NotFound."""
        ...

    async def get(self, conversation_id: UUID) -> Conversation: ...

    async def lock_waiting_with(self, person_id: UUID) -> Sequence[Conversation]:
        """Those that this person holds and people are to answer without a ticket."""
        ...

    async def lock_at(self, channel: str, account: str, address: str) -> Conversation | None:
        """The conversation with whoever has this address, on a channel without letters."""
        ...

    async def move(self, conversation: Conversation, to: str) -> bool:
        """Its customer's address is another one now. Where a conversation has that one already, it is only written to
        there. False: it was so already. Locked by the caller.
        """
        ...

    async def others_of(self, customer_id: UUID, *, but: UUID) -> Sequence[UUID]:
        """The customer's other conversations, the one they wrote in last first: 100 at most. Not locked."""
        ...

    async def lock_all_of(self, channel: str, address: str) -> Sequence[Conversation]:
        """This sender's conversations on all our accounts, locked in the order of their ids."""
        ...

    async def save(self, conversation: Conversation) -> None: ...

    async def has_light_card(self, conversation_id: UUID) -> bool:
        """Whether a light card of it stands in Slack, or may. Asked while the conversation is locked."""
        ...

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        """The conversation whose light card stood there, which counts as not posted now."""
        ...

    async def to_prompt(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those whose people are to be told now that the window is closing, the longest due first. Not locked."""
        ...

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Snoozed ones whose time has come, at most so many, the longest due first. Not locked."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of a conversation that are still to be understood, oldest first, and its version at that moment."""

    version: int
    messages: tuple[BurstMessage, ...]
    ai_is_on: bool


@dataclass(frozen=True, slots=True)
class LedToIt:
    """Messages that a ticket takes over, oldest first. `automatic`: mails of machines and of colleagues, which are
    nobody's question.
    """

    said: tuple[UUID, ...]
    automatic: tuple[UUID, ...]


class Messages(Protocol):
    async def add(self, message: Message) -> bool:
        """False if a message of the same key or request is there already; nothing is changed then."""
        ...

    async def lock(self, message_id: UUID) -> Message: ...

    async def get(self, message_id: UUID) -> Message:
        """Unlocked. Raises NotFound."""
        ...

    async def lock_parts(self, message_id: UUID) -> Sequence[Message]:
        """All messages of the reply that this one belongs to, in the order they are sent. Raises NotFound."""
        ...

    async def lock_by_key(self, key: str) -> Message | None: ...

    async def by_key(self, key: str) -> Message | None:
        """Unlocked."""
        ...

    async def unaccounted(self, copy: SentCopy, channel: str) -> Message | None:
        """Which reply this may be a copy of, unlocked: one that began to be sent before, without an id of the
        provider's; one that is being sent just now before others, then the newest.
        """
        ...

    async def revise(self, message: Message, earlier: Revision | None) -> bool:
        """Save the locked message's words and keep earlier ones; it is to be shown again wherever it is shown.

        False: the earlier words of that instant are kept already, and nothing is changed.
        """
        ...

    async def answered(self, conversation_id: UUID, *, since: datetime, until: datetime) -> str | None:
        """Who wrote the newest reply in between that was not taken back and did not fail. Machines do not answer."""
        ...

    async def by_request(self, request: str) -> Message | None:
        """What this pressing of Send wrote, unlocked."""
        ...

    async def replied_since(self, conversation_id: UUID, since: datetime, *, but: UUID | None) -> Message | None:
        """The newest reply that somebody else than this person has written after `since`, unlocked."""
        ...

    async def save_delivery(self, message: Message) -> None:
        """All that changes on a reply's way; and the message is to be shown again wherever it is shown."""
        ...

    async def stands_behind(self, of: Message, *, since: datetime, sending_since: datetime) -> bool:
        """Whether an earlier reply of its conversation is still to leave, or is leaving just now.

        One written before `since`, or being sent since before `sending_since`, holds up nobody.
        """
        ...

    async def broken_off(self, of: Message) -> bool:
        """Whether an earlier part of its reply failed, and was not sent again."""
        ...

    async def first_waiting(self, conversation_id: UUID) -> Message | None:
        """The oldest pending reply of the conversation, unlocked."""
        ...

    async def customer_wrote_last(self, conversation_id: UUID) -> bool:
        """Whether nobody has answered them since. What failed is no answer, nor is being told of closed hours."""
        ...

    async def waiting_for_triage(self, conversation_id: UUID) -> Waiting | None:
        """None: nothing waits."""
        ...

    async def mark_triaged(self, message_ids: Collection[UUID]) -> None: ...

    async def mark_all_triaged(self, conversation_id: UUID) -> None:
        """Nothing of it waits any more. The conversation is locked."""
        ...

    async def unticketed(self, conversation_id: UUID, *, since: datetime) -> LedToIt:
        """Messages in and out from then on that stand in no ticket's room: the newest few, oldest first."""
        ...

    async def tickets_of(self, message_id: UUID) -> Sequence[UUID]:
        """The tickets in whose rooms the message stands."""
        ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who has a form for a reply open."""

    name: str
    since: datetime


class Replying(Protocol):
    """Who has a form for a reply open."""

    async def begin(self, conversation_id: UUID, person_id: UUID, *, at: datetime, after: datetime) -> Sequence[Writer]:
        """Note this person; the others who began after `after`, the longest first. One statement."""
        ...

    async def end(self, conversation_id: UUID, person_id: UUID, *, until: datetime) -> None:
        """Forget this person, if they began by `until`."""
        ...
