"""Where values come from, and how their changes are recorded without the words themselves (docs/decisions/0007)."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Value
from ticketing.playbook.fields import Field, FieldKind
from ticketing.tickets.ticket import Stored, Ticket

PERSON = "person"  # a source beside those of a playbook's `fill`; so are "ai" and "automation", who fill in by hand


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where the value of one field of a ticket came from, and who stands by it."""

    field: str
    source: str  # one of `playbook.fields.Source`, or the kind of actor: "person", "ai", "automation"
    filled_at: datetime
    name: str | None = None  # of the entity or the attribute
    value: Stored | None = None  # what was filled in by itself; the ticket holds another one once it was corrected
    message_id: UUID | None = None  # where it was read
    words: str | None = None  # as they stood there
    confidence: float | None = None  # None: known, not guessed
    confirmed_by: UUID | None = None  # the person who confirmed or corrected it
    confirmed_at: datetime | None = None
    stale_since: datetime | None = None  # the message was edited then

    @property
    def is_open(self) -> bool:
        """Nobody has said yet that it is right, or not since its message was edited."""
        return self.confirmed_at is None or self.stale_since is not None


def free(
    fields: Iterable[str], ticket: Ticket, sources: Mapping[str, FieldSource], *, over_guesses: bool = False
) -> frozenset[str]:
    """Those of the fields that fill themselves, or are filled in by a machine: no person has set, confirmed or emptied
    them, and they are empty or stale. Storage holds `Fields.fill` to the same. `over_guesses`: for what is known, those
    count as well that hold what a machine filled in.
    """
    found = set()
    for key in fields:
        source = sources.get(key)
        if source is None:
            found |= {key} - ticket.fields.keys()
        elif source.confirmed_at is None and (
            over_guesses or key not in ticket.fields or source.stale_since is not None
        ):
            found.add(key)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class KeptWords:
    """The words behind a digest in a record. Without this row the digest tells nothing, not even to who guesses."""

    field: str
    digest: str
    salt: str
    text: str


def recorded(field: Field, stored: Stored | None) -> tuple[Value, KeptWords | None]:
    """A value as a record holds it: text by its digest, with what is kept beside; everything else in clear."""
    if field.kind is not FieldKind.TEXT or not isinstance(stored, str):
        return stored, None
    salt = secrets.token_hex(16)
    kept = KeptWords(field.key, digest_of(stored, salt), salt, stored)
    return kept.digest, kept


def digest_of(text: str, salt: str) -> str:
    """What a record holds instead of the text."""
    return "sha256:" + hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
