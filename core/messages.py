"""What crosses a channel: what a customer does coming in, our message going out, and what became of it.

Connectors turn bytes into these values and back. Nothing here knows tickets or databases.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

MOST_COPIES = 50  # people who get a copy of one mail of ours


class Delivery(StrEnum):
    """What became of an outbound message. It only moves forward: see `advance`."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"  # the provider may have got it: a person decides
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # by a person, while it was still pending: it never left, and never will


_RANK = {
    Delivery.PENDING: 0,
    Delivery.SENDING: 1,
    Delivery.UNKNOWN: 2,
    Delivery.SENT: 3,
    Delivery.FAILED: 4,
    Delivery.DELIVERED: 5,
    Delivery.READ: 6,
    Delivery.WITHDRAWN: 7,
}


def advance(current: Delivery, reported: Delivery) -> Delivery:
    """The later of two states. Providers report in any order, and one that arrived cannot fail any more.

    `failed` beats `sent` (accepted, then refused) and loses to `delivered` and `read`. Nothing moves `withdrawn` on.
    """
    return reported if _RANK[reported] > _RANK[current] else current


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request from a provider, exactly as it came in. `headers` have lower-case names."""

    url: str  # the public URL the provider called, query included: what it signed
    headers: Mapping[str, str]
    body: bytes
    by_hand: bool = False  # somebody of the desk says that a person wrote it, whatever it looks like


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a customer's message, still at the provider. What it says of itself is not believed."""

    source: str  # what the connector fetches it by; never holds a secret
    name: str | None = None
    content_type: str | None = None
    size: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom a mail names as its sender or recipient."""

    address: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says beyond the words of `Inbound`. Its sender chose all of it, but what is said to be proven.

    On channels with letters one customer has several conversations at once: `conversation`, `ours`, `references` and
    `number` say to which one it may belong, the surest first.
    """

    id: str | None  # its Message-ID, without brackets like all ids here
    subject: str  # on one line; "" for none
    sender: Party  # who wrote it; `Inbound.sender` is where answers go
    event: str  # the key of its event in the inbox: the raw mail lies there
    to: tuple[Party, ...] = ()  # those of its recipients who are not us
    cc: tuple[Party, ...] = ()
    conversation: UUID | None = None  # named by a reply address that we signed: proven
    ours: tuple[UUID, ...] = ()  # messages of ours that it answers, the nearest first
    references: tuple[str, ...] = ()  # the ids it answers, oldest first, its parent last
    number: int | None = None  # of a ticket, in the subject: anybody can guess it
    verified: bool = False  # the sender's domain stands behind it
    proof: str = ""  # how that is known, or why it is not; "": nobody checks it
    automatic: str | None = None  # why no person wrote it. It is kept where it belongs, and starts nothing
    unanswerable: str | None = None  # why no machine may answer it. None: one may
    whole: str | None = None  # the whole text, where `Inbound.text` is only what was written this time
    forwarded: Party | None = None  # who wrote what it forwards
    passed_on: str | None = None  # the words of that, without those of who forwards them


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message a customer sent us."""

    key: str  # the provider's own id, unique per channel: the same key is the same message
    channel: str  # "whatsapp"
    account: str  # our address it was sent to, e.g. "+14155550100"
    sender: str  # the customer's address on the channel, e.g. "+4915112345678"
    sender_name: str | None
    text: str
    sent_at: datetime | None  # the provider's instant; None where it gives none
    replies_to: str | None = None  # the provider's id of the message this one answers
    extra: Mapping[str, str] = field(default_factory=dict)  # not modelled yet; the inbox keeps it for a while
    files: tuple[RemoteFile, ...] = ()
    pressed: str | None = None  # the data of the button of ours that wrote it
    phone: str | None = None  # the sender's own number, where the channel vouches for it, e.g. "+4915112345678"
    language: str | None = None  # of the sender's app, e.g. "de"
    start: str | None = None  # what a link that led them here carried; "" for none. Such a message asks for nothing
    group: bool = False  # the sender is a group: several people write as one customer
    author: str | None = None  # the member of the group who wrote it: their own address on the channel
    author_name: str | None = None  # theirs, on one line
    letter: Letter | None = None  # of a mail


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something came that is nobody's question: a newsletter, a receipt. It is kept, and neither shown nor answered."""

    channel: str
    account: str
    sender: str
    why: str  # in words


@dataclass(frozen=True, slots=True)
class Edited:
    """A customer changed what they had written. The earlier text is kept."""

    key: str  # of the message, as `Inbound.key`
    channel: str
    account: str
    sender: str
    sender_name: str | None
    text: str
    edited_at: datetime | None
    group: bool = False  # as of `Inbound`, like the two below
    author: str | None = None
    author_name: str | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A customer pressed a button under a message of ours, without writing anything."""

    key: str  # of the press; `Presses.acknowledge_press` answers it by this
    channel: str
    account: str
    sender: str
    sender_name: str | None
    data: str
    message_key: str | None  # the provider's id of our message


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether the customer still takes messages of ours: they blocked us, or let us in again."""

    channel: str
    account: str
    sender: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The customer's address on the channel is another one from now on."""

    channel: str
    account: str
    sender: str
    to: str


@dataclass(frozen=True, slots=True)
class SentCopy:
    """A message of ours as the provider's own list holds it."""

    account: str
    recipient: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What the provider says became of a message of ours."""

    provider_id: str
    message_id: UUID | None  # ours, when the report carries it back
    delivery: Delivery
    error_code: str | None = None
    error: str | None = None  # in words a person can act on
    resendable: bool = False  # sending the same again may help, once what the words name is done
    window_closed: bool = False  # the provider takes nothing but templates until the customer writes again
    copy: SentCopy | None = None  # of the message, where the report was made from the provider's list
    bounced: str | None = None  # the address of its recipient whom it did not reach
    gone: bool = False  # there is nobody at that address: nothing is to be sent there any more


Received = Inbound | SetAside | Edited | Pressed | Reachability | Moved | DeliveryReport


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file that we send. A connector reads it, or names its address to a provider that fetches it."""

    name: str
    content_type: str
    size: int  # bytes
    url: str  # signed; works for as long as a provider may take to fetch it
    open: Callable[[], AsyncIterator[bytes]]  # its bytes from the beginning, each time


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message of ours. `data` comes back when it is pressed."""

    label: str
    data: str
    url: str | None = None  # in a letter: the page on which it is pressed


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """An approved template with its variables filled in: the only thing a closed window lets through."""

    id: str  # the provider's, e.g. Twilio's ContentSid
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutboundLetter:
    """What a mail of ours says beyond its words."""

    # Goes into the signed address that answers come to. None: they are nobody's, and no line asks for them.
    conversation: UUID | None
    subject: str  # of the conversation, without "Re:"
    answers: bool = False  # it answers a mail, so its subject begins with "Re:"
    references: tuple[str, ...] = ()  # ids of the mails before it, oldest first; the last is the one it answers
    ours: tuple[UUID, ...] = ()  # messages of ours that came after those, oldest first
    cc: tuple[Party, ...] = ()
    automatic: bool = False  # no person wrote it: machines are told not to answer
    files: tuple[OutboundFile, ...] = ()  # beside `Outbound.file`


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message we send to a customer. With a `template`, `text` is only what people here read of it."""

    message_id: UUID
    account: str  # our address it is sent from
    recipient: str
    text: str
    file: OutboundFile | None = None
    buttons: tuple[Button, ...] = ()
    template: TemplateUse | None = None
    replies_to: str | None = None  # the provider's id of the customer's message it answers
    letter: OutboundLetter | None = None  # on a channel with letters


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message. It has not arrived yet."""

    provider_id: str
    delivery: Delivery = Delivery.SENT
    note: str | None = None  # what went wrong beside that, in words: some of several recipients were refused
    gone: tuple[tuple[str, str], ...] = ()  # those of them who take no messages any more, and why


def _none(content_type: str) -> int:  # noqa: ARG001 - the shape of Limits.file
    return 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes in one message."""

    text: int  # in the units that `length` counts
    length: Callable[[str], int] = len  # counts a text as the provider counts it
    splits: bool = False  # a longer text may go out as several messages; else it is refused
    # Of a text that goes with a file of this content type; a longer one goes before it, as a message of its own.
    caption: Callable[[str], int] = _none
    file: Callable[[str], int] = _none  # the most bytes of a file of this content type; 0: none is taken
    receives: int = 0  # the most bytes of a file that customers can send us
    buttons: int = 0  # under one message
    window: timedelta | None = None  # free messages only so long after the customer's last one. None: always
    accounts: tuple[str, ...] = ()  # our addresses on it, where they are known: a first message is sent from one
    letters: bool = False  # messages are mails: with a subject, and several conversations with one customer
    patience: timedelta = timedelta(days=1)  # a message that cannot be handed over is tried for so long
