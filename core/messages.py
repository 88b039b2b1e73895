"""What crosses a channel: a customer's message coming in, our message going out, and what became of it.

Connectors turn bytes into these values and back. Nothing here knows tickets or databases.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What the provider says became of a message of ours."""

    provider_id: str
    message_id: UUID | None  # ours, when the report carries it back
    delivery: Delivery
    error_code: str | None = None
    error: str | None = None  # in words a person can act on
    resendable: bool = False  # sending the same again may help, once what the words name is done


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message we send to a customer."""

    message_id: UUID
    account: str  # our address it is sent from
    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message. It has not arrived yet."""

    provider_id: str
    delivery: Delivery = Delivery.SENT


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes in one message."""

    text: int  # in the units that `length` counts
    length: Callable[[str], int] = len  # counts a text as the provider counts it
