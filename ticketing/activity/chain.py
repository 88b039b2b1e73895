"""The hash chain over a stream's records: altering, removing or reordering one breaks every hash after it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from ticketing.activity.record import Entry, Record, Stream, Value

GENESIS = "0" * 64
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)  # made once: half the time


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a stream."""

    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


def link(stream: Stream, head: Head, records: Iterable[Record]) -> list[Entry]:
    """The records as entries that continue the chain from `head`."""
    entries = []
    for record in records:
        said = (
            stream,
            head.seq + 1,
            record.kind,
            record.actor.kind.value,
            record.actor.id,
            record.actor.name,
            record.at,
            dict(record.before),
            dict(record.after),
            head.hash,
        )
        entry = Entry(*said, hash=_digest(*said))
        entries.append(entry)
        head = Head(entry.seq, entry.hash)
    return entries


def digest(entry: Entry) -> str:
    """SHA-256 (hex) over the entry's canonical JSON: sorted keys, no spaces, instants in UTC with microseconds."""
    return _digest(
        entry.stream,
        entry.seq,
        entry.kind,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.at,
        dict(entry.before),
        dict(entry.after),
        entry.previous,
    )


def _digest(
    stream: Stream,
    seq: int,
    kind: str,
    actor_kind: str,
    actor_id: UUID | None,
    actor_name: str,
    at: datetime,
    before: dict[str, Value],
    after: dict[str, Value],
    previous: str,
) -> str:
    content = {
        "stream": [stream.kind, str(stream.id)],
        "seq": seq,
        "kind": kind,
        "actor": [actor_kind, str(actor_id) if actor_id else None, actor_name],
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "before": before,
        "after": after,
        "previous": previous,
    }
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()


def follows(head: Head, entry: Entry) -> bool:
    """Whether the entry is whole and the next link after `head`."""
    return entry.seq == head.seq + 1 and entry.previous == head.hash and is_whole(entry)


def is_whole(entry: Entry) -> bool:
    """Whether its hash is that of what it says. Whatever was put in its place, this raises nothing."""
    try:
        return entry.hash == digest(entry)
    except (TypeError, ValueError, OverflowError):  # `after` is no object, the instant is beyond the calendar, …
        return False


def first_break(entries: Sequence[Entry]) -> int | None:
    """The `seq` at which a stream's chain stops being true, or None if it is whole. Entries in any order."""
    head = EMPTY
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if not follows(head, entry):
            return head.seq + 1
        head = Head(entry.seq, entry.hash)
    return None
