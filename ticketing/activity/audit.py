"""Proof that the record of changes is whole: one pass over all of it, from the database or from an exported file.

What it keeps grows with the checkpoints, not with the records.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ticketing.activity.chain import GENESIS
from ticketing.activity.checkpoint import LATE, Checkpoint, Covered, Witness, digest, is_signed, proves
from ticketing.activity.findings import Finding, Opened, Part, Verdict, instant
from ticketing.activity.record import Entry, Stream
from ticketing.activity.stream_audit import StreamAudit


@dataclass(slots=True)
class _Seen:
    """A checkpoint, and what the streams say it must have seen."""

    checkpoint: Checkpoint
    heads: int = 0
    streams: int = 0
    records: int = 0


class Auditor:
    """Give it every part, in the order of `Part`, with `take`; then ask for the `verdict`."""

    def __init__(
        self, keys: Collection[str], *, now: datetime, complete: bool = True, witness: Witness | None = None
    ) -> None:
        """`keys`: the public keys (hex) that are trusted. Not `complete`: only some of the streams will come.

        `witness`: a checkpoint that somebody noted elsewhere.
        """
        self._keys, self._now, self._complete, self._witness = keys, now, complete, witness
        self._told = Verdict()
        self._seen: dict[int, _Seen] = {}
        self._stream: StreamAudit | None = None
        self._place = ("", -1)  # of the stream, in the order of streams

    def take(self, part: Part) -> None:
        if isinstance(part, Entry):
            self._told.records += 1
            self._at(part.stream).record(part)
        elif isinstance(part, Covered):
            if self._stream is None:
                raise ValueError("a head that a checkpoint saw stands outside a stream")
            self._covered(self._stream, part)
        elif isinstance(part, Opened):
            self._open(part)
        else:
            self._checkpoint(part)

    def heads(self, number: int, root: str) -> None:
        """The root over the heads kept as seen by this checkpoint: for a source that has no paths."""
        if number in self._seen and self._seen[number].checkpoint.root != root:
            words = f"The heads that {self._name(number)} is said to have seen are not those that it signed."
            self._told.add(Finding("heads_altered", words))

    def verdict(self) -> Verdict:
        self._close()
        if self._complete:
            self._count()
        if self._witness is not None:
            self._ask(self._witness)
        self._judge_age()
        return self._told

    def _name(self, number: int) -> str:
        seen = self._seen.get(number)
        return f"checkpoint {number} ({instant(seen.checkpoint.at)})" if seen else f"checkpoint {number}"

    def _checkpoint(self, one: Checkpoint) -> None:
        before = self._told.newest
        self._told.checkpoints += 1
        self._told.newest = one
        self._seen[one.number] = _Seen(one)
        if self._complete:
            self._follow(before, one)
        if (false := self._false(one)) is not None:
            self._told.add(Finding("checkpoint_forged", f"C{self._name(one.number)[1:]} {false}."))
        if one.left_out:
            many = "a stream that" if one.left_out == 1 else f"{one.left_out} streams that"
            self._told.remarks.append(f"C{self._name(one.number)[1:]} left out {many} did not hold when it was made.")

    def _follow(self, before: Checkpoint | None, one: Checkpoint) -> None:
        expected = before.number + 1 if before else 1
        here = self._name(one.number)
        if one.number != expected:
            gone = f"Checkpoint {expected} is" if one.number == expected + 1 else f"Checkpoints from {expected} on are"
            self._told.add(Finding("checkpoint_removed", f"{gone} gone: what comes next is {here}."))
        elif one.previous != (before.digest if before else GENESIS):
            words = f"C{here[1:]} does not go on from the one before it: one of them was replaced."
            self._told.add(Finding("checkpoint_replaced", words))
        if before is not None and one.at - before.at > LATE:
            self._told.remarks.append(
                f"Between {self._name(before.number)} and {here} there is none: "
                "no clock ran, or some were removed and the clock went on from there."
            )

    def _false(self, one: Checkpoint) -> str | None:
        if one.digest != digest(one):
            return "was altered: its digest is not that of what it says"
        if not is_signed(one):
            return "has a false signature"
        return None if one.key in self._keys else f"is signed with a key that is not trusted ({one.key})"

    def _at(self, stream: Stream) -> StreamAudit:
        if self._stream is None or self._stream.opened.stream != stream:
            raise ValueError(f"a record of {stream.kind} {stream.id} stands outside its stream")
        return self._stream

    def _open(self, opened: Opened) -> None:
        self._close()
        place = (opened.stream.kind, opened.stream.id.int)
        if place <= self._place:
            raise ValueError(f"{opened.name} comes twice, or out of order")
        self._place = place
        self._told.streams += 1
        self._stream = StreamAudit(opened, self._told.add, self._name)

    def _covered(self, of: StreamAudit, covered: Covered) -> None:
        seen, whose = self._seen.get(covered.number), of.opened
        if seen is None:
            words = f"{whose.name} was seen by checkpoint {covered.number}, which is gone."
            self._told.add(Finding("checkpoint_removed", words, whose.stream, whose.ticket))
            return
        if covered.path is not None and not proves(seen.checkpoint, covered, whose.stream):
            words = f"{whose.name}: what {self._name(covered.number)} is said to have seen is not what it signed."
            self._told.add(Finding("heads_altered", words, whose.stream, whose.ticket))
        seen.heads += 1
        seen.streams += not of.seen
        seen.records += covered.head.seq - (of.seen[-1].head.seq if of.seen else 0)
        of.seen.append(covered)

    def _close(self) -> None:
        if self._stream is not None:
            self._told.uncovered += self._stream.close()
            self._stream = None

    def _count(self) -> None:
        """The numbers that each checkpoint signed, against what the streams say."""
        streams = records = 0
        for number, seen in self._seen.items():
            streams, records = streams + seen.streams, records + seen.records
            one = seen.checkpoint
            if seen.heads != one.size:
                words = f"C{self._name(number)[1:]} saw {one.size} heads, {seen.heads} of them are kept."
                self._told.add(Finding("heads_removed", words))
            elif (one.streams, one.records) != (streams, records):
                words = (
                    f"Up to {self._name(number)}, {one.streams} streams and {one.records} records were seen; "
                    f"what is kept makes {streams} and {records}."
                )
                self._told.add(Finding("counts_differ", words))
            streams, records = one.streams, one.records  # each difference is told once

    def _ask(self, witness: Witness) -> None:
        seen = self._seen.get(witness.number)
        if seen is None and (self._complete or self._told.newest is None or witness.number > self._told.newest.number):
            words = f"Checkpoint {witness.number}, which you noted, is gone: it and all after it were removed."
            self._told.add(Finding("checkpoint_removed", words))
        elif seen is None:
            self._told.doubts.append(f"Checkpoint {witness.number}, which you noted, is not in this part.")
        elif seen.checkpoint.digest != witness.digest:
            words = (
                f"C{self._name(witness.number)[1:]} is not the one that you noted: it and all after it were replaced."
            )
            self._told.add(Finding("checkpoint_replaced", words))

    def _judge_age(self) -> None:
        told, newest = self._told, self._told.newest
        if told.uncovered and (newest is None or self._now - newest.at > LATE):
            last = f"The newest is {self._name(newest.number)}" if newest else "There is none"
            told.doubts.append(
                f"Records that no checkpoint covers: {told.uncovered}. {last}: "
                "no clock runs, or newer checkpoints were removed."
            )
        elif told.uncovered:
            told.remarks.append(f"Records that only the next checkpoint will cover: {told.uncovered}.")
