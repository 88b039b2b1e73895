"""What the use cases about customers need from storage.

Order of locks, by everybody: a contact, then merges, then customers by their ids, then conversations by theirs. Whoever
makes a customer or a conversation shares the lock on merges, so that a merge sees everything that there is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.messages import Inbound
from ticketing.customers.customer import Customer, Identity, Merge

Address = tuple[str, str]  # channel, address


@dataclass(frozen=True, slots=True)
class KnownSender:
    """Who writes from an address, as far as filing a message needs to know."""

    identity_id: UUID
    customer_id: UUID
    name: str  # the customer's
    language: str | None
    phone: str | None  # verified
    blocked: bool


@dataclass(frozen=True, slots=True)
class Belongings:
    """What goes with identities of a customer. `conversations` are locked in the order of their ids."""

    identities: tuple[UUID, ...]
    conversations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How much a customer has."""

    conversations: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a customer is to be seen in Slack."""

    tickets: tuple[UUID, ...]
    conversations: tuple[UUID, ...]


class Customers(Protocol):
    async def sender(self, channel: str, address: str) -> KnownSender | None:
        """Unlocked: a message that comes while somebody blocks its sender may be filed or not. None: nobody has
        written from there.
        """
        ...

    async def hold_contact(self, contact: str) -> bool:
        """True: until the end of the transaction nobody else verifies this phone number or e-mail address.

        False: somebody was at it, and has been waited for. Others may be waiting too: hold merges before verifying it.
        """
        ...

    async def hold_merges(self) -> None:
        """Until the end of the transaction nobody else merges, or makes a customer or a conversation."""
        ...

    async def holders(self, phone: str) -> Sequence[UUID]:
        """The customers who have verified this number, from senders that are not blocked."""
        ...

    async def start(self, message: Inbound, *, at: datetime) -> KnownSender:
        """The sender's customer and identity, made if new, with nothing verified. Merges are held."""
        ...

    async def verify(self, identity_id: UUID, phone: str, *, at: datetime) -> None:
        """The channel vouches for it. Merges are held, and the sender's conversations are locked."""
        ...

    async def owners(self, addresses: Collection[Address]) -> dict[Address, UUID]:
        """Whose these are, as far as they are anybody's. A phone number is also whose verified number it is."""
        ...

    async def add_all(self, new: Sequence[tuple[Customer, Sequence[Address]]]) -> None:
        """Customers nobody knows, with addresses that nobody has. Merges are held."""
        ...

    async def add_addresses(self, customer_id: UUID, addresses: Sequence[Address]) -> None:
        """Addresses that nobody has. Merges are held."""
        ...

    async def get(self, customer_id: UUID) -> Customer:
        """Unlocked. Raises NotFound."""
        ...

    async def lock(self, customer_ids: Collection[UUID]) -> Sequence[Customer]:
        """In the order of their ids. Raises NotFound."""
        ...

    async def save(self, customer: Customer) -> None: ...

    async def identities(self, customer_id: UUID) -> Sequence[Identity]:
        """By channel and address."""
        ...

    async def with_identities(self, customer_id: UUID) -> tuple[Customer, Sequence[Identity]]:
        """Both, as they are at one instant. Raises NotFound."""
        ...

    async def belongings(self, customer_id: UUID, identity_ids: Collection[UUID] | None = None) -> Belongings:
        """Of these identities, or of all the customer's. Merges are held."""
        ...

    async def count_belongings(self, customer_id: UUID) -> Counted: ...

    async def move(self, belongings: Belongings, to: UUID) -> Sequence[UUID]:
        """All this is customer `to`'s now, with its tickets and their surveys; the tickets."""
        ...

    async def add_merge(self, merge: Merge) -> None: ...

    async def get_merge(self, merge_id: UUID) -> Merge:
        """Unlocked: hold merges. Raises NotFound."""
        ...

    async def merge_under(self, customer_id: UUID) -> Merge | None:
        """The merge, not undone, by which this customer was absorbed."""
        ...

    async def undo_merge(self, merge_id: UUID, *, by: str, at: datetime) -> None: ...

    async def shown(self, customer_id: UUID, *, most: int) -> Shown:
        """The newest few tickets and conversations of theirs that have a card. Not locked."""
        ...
