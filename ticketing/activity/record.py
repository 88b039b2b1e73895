"""One change, as it is recorded for ever. Streams: ticket, conversation, customer, sender, people, desk.

Records hold ids, names of the desk's people and values of fixed vocabularies. A customer's words stay in the messages
they came in, so that erasing a customer never has to touch a chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.people.actor import Actor

Value = str | int | float | bool | None | list[str]


@dataclass(frozen=True, slots=True)
class Record:
    """What changed: `before` and `after` hold the changed fields only."""

    kind: str  # "ticket.opened", "status.changed", …
    actor: Actor
    at: datetime
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Stream:
    """What a chain of records is about."""

    kind: str  # ticket | conversation | customer | sender | people | desk
    id: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in its place in a stream's chain."""

    stream: Stream
    seq: int  # 1, 2, 3, …
    kind: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    at: datetime
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    previous: str  # hash of the entry before; 64 zeros for the first
    hash: str
