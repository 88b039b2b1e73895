"""The hash chain over a stream's records: altering, removing or reordering one breaks every hash after it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from ticketing.activity.record import Entry, Record, Stream

GENESIS = "0" * 64


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
        entry = Entry(
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
            hash="",
        )
        entry = replace(entry, hash=digest(entry))
        entries.append(entry)
        head = Head(entry.seq, entry.hash)
    return entries


def digest(entry: Entry) -> str:
    """SHA-256 (hex) over the entry's canonical JSON: sorted keys, no spaces, instants in UTC with microseconds."""
    content = {
        "stream": [entry.stream.kind, str(entry.stream.id)],
        "seq": entry.seq,
        "kind": entry.kind,
        "actor": [entry.actor_kind, str(entry.actor_id) if entry.actor_id else None, entry.actor_name],
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "before": dict(entry.before),
        "after": dict(entry.after),
        "previous": entry.previous,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_break(entries: Sequence[Entry]) -> int | None:
    """The `seq` at which a stream's chain stops being true, or None if it is whole. Entries in any order."""
    head = EMPTY
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.seq != head.seq + 1 or entry.previous != head.hash or entry.hash != digest(entry):
            return head.seq + 1
        head = Head(entry.seq, entry.hash)
    return None
