"""Conversations and messages as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.messages import Button, Delivery, Party


class State(StrEnum):
    """Where a conversation stands. What may change it is in `state.py`."""

    OPEN = "open"
    SNOOZED = "snoozed"  # until `snoozed_until`, or the customer's next message
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one customer and the desk write to each other on one channel account.

    `version` grows with every message filed, every ticket opened or claimed and every change of state: triage that
    read an older one runs again.
    """

    id: UUID
    customer_id: UUID
    customer_name: str
    channel: str
    account: str
    address: str  # the customer's
    assignee_id: UUID | None
    version: int
    state: State = State.OPEN
    snoozed_until: datetime | None = None
    state_by: str | None = None  # who snoozed or resolved it, by name
    awaiting_since: datetime | None = None  # since when people are to answer it without a ticket. None: nobody is
    acknowledged_until: datetime | None = None  # the opening that the customer has been told of, out of hours
    last_inbound_at: datetime | None = None  # when the customer wrote last. It never moves back
    prompt_at: datetime | None = None  # people are to be told then that the window is closing
    prompted_at: datetime | None = None  # when they were told last
    window_closed_at: datetime | None = (
        None  # the provider refused a free message then, and they have not written since
    )
    unreachable_since: datetime | None = None  # they take no messages of ours: blocked us, or are gone
    reach_told_at: datetime | None = None  # the newest news of that
    moved_to: str | None = None  # where to write to, if not to `address`: another conversation has that address
    came_from: str | None = None  # what the link carried that led them here. Their words, not ours
    thread: str = ""  # tells a customer's conversations on one account apart, on a channel with letters
    subject: str | None = None  # of its mails, without "Re:"
    no_machine: str | None = None  # why no machine may answer what was written last
    is_group: bool = False  # the address is a group's: several people write there, and all of them read what we write

    @property
    def recipient(self) -> str:
        """Where messages go."""
        return self.moved_to or self.address


@dataclass(frozen=True, slots=True)
class TemplateSent:
    """The template that a message is sent as."""

    id: str  # the provider's
    name: str
    variables: Mapping[str, str]


class Direction(StrEnum):
    INBOUND = "in"
    OUTBOUND = "out"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, in or out. Inbound ones are `delivered` from the start."""

    id: UUID
    conversation_id: UUID
    direction: Direction
    text: str
    at: datetime  # received, or written
    delivery: Delivery
    key: str | None = None  # channel and the provider's id, once there is one
    request: str | None = None  # the pressing of Send that wrote it, outbound
    author_id: UUID | None = None  # the person who wrote it, outbound
    author_name: str | None = None  # theirs; inbound, of the member of the group who wrote it
    error: str | None = None  # why it failed, in words
    triaged: bool = False
    send_after: datetime | None = None  # it can be undone until then, outbound
    next_status: str | None = None  # what its ticket becomes when it leaves
    sending_job: str | None = None  # the job that hands it to the provider
    sending_since: datetime | None = None
    note: str | None = None  # what a person decided about it, in words
    resendable: bool = False  # failed, and sending the same again may help
    file_id: UUID | None = None  # the file of ours that it carries, outbound
    template: TemplateSent | None = None  # None: a free message
    part_of: UUID | None = None  # the first of the messages that one reply went out as. None: it is the first
    buttons: tuple[Button, ...] = ()  # under it
    edited_at: datetime | None = None  # by its customer: `text` is what they wrote then
    edited_after_answer: bool = False  # somebody had answered the words before
    replies_to: str | None = None  # the `key` of the message that its customer answered with it. We may not have that
    cc: tuple[Party, ...] | None = None  # who has a copy, outbound by mail. None: who reads along when it leaves
    author_address: str | None = None  # of the member of the group who wrote it: their own on the channel
    is_automatic: bool = False  # no person wrote it, outbound. One without an author may be written at the command line


@dataclass(frozen=True, slots=True)
class Revision:
    """Words of a message that its customer has replaced by others."""

    message_id: UUID
    at: datetime  # written, as far as we know
    text: str
    answered_by: str | None = None  # the person who had answered them before they were replaced
