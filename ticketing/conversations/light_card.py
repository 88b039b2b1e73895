"""What a conversation without a ticket shows: the read model of its light card. Values only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.messages import Delivery
from ticketing.attachments.attachment import ShownFile
from ticketing.conversations.conversation import State
from ticketing.mails.shown import ShownMail
from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class SuggestedTicket:
    """What the ticket would be, if somebody opened one. Keys of the vocabulary."""

    subject: str
    type: str
    category: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class LastReply:
    """The newest message to the customer that was not taken back; of one in parts, the first that did not arrive.

    One from before they began to wait: only while it can be undone, or if it did not arrive, and no ticket's room has
    it.
    """

    message_id: UUID
    author: str
    text: str
    delivery: Delivery
    error: str | None
    note: str | None
    resendable: bool
    at: datetime
    file: str | None = None  # the name of the one that it carries


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """The conversation that this one may go on with: of its newest ticket, where it has one, number and subject."""

    customer: str
    number: int | None
    subject: str | None  # of its mails, where it has no ticket
    why: str  # it may
    same: bool | None  # None: nobody has decided
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class LightCard:
    """A conversation as its light card shows it."""

    conversation_id: UUID
    version: int
    customer: str
    channel: str
    state: State
    snoozed_until: datetime | None
    state_by: str | None
    awaiting_since: datetime | None
    assignee: str | None
    last_words: str | None  # the customer's newest messages; of a group, with the name of who wrote each
    why: str | None  # why it is here, as triage said it
    unsure: bool  # triage would not swear that it needs no ticket
    suggested: SuggestedTicket | None
    reply: LastReply | None
    ticket: int | None  # number of the conversation's newest ticket
    blocked_by: str | None = None  # who blocked its sender
    attachments: tuple[ShownFile, ...] = ()  # of the newest ten messages, in order
    unreachable_since: datetime | None = None  # the customer takes no messages of ours
    answer_until: datetime | None = None  # they can be answered freely until then. None: always
    came_from: str | None = None  # what the link carried that led them here; their words
    edited_after: str | None = None  # who had answered words that the customer has changed since
    match: ShownMatch | None = None
    mail: ShownMail | None = None  # the newest message, where it is one

    @property
    def needs_people(self) -> bool:
        return self.awaiting_since is not None and self.state is State.OPEN

    @property
    def is_undecided(self) -> bool:
        """People are asked where it belongs."""
        return self.match is not None and self.match.same is None
