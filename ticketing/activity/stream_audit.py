"""The audit of one stream: its records against their chain, their head, and what checkpoints saw of it."""

from collections.abc import Callable

from ticketing.activity.chain import EMPTY, Head, is_whole
from ticketing.activity.checkpoint import Covered
from ticketing.activity.findings import Finding, Opened, instant
from ticketing.activity.record import Entry

_NOT_YET = "at a time that nobody can say: no checkpoint covers it yet"


class StreamAudit:
    """Give it what checkpoints saw, then the records as they come, then close it."""

    def __init__(self, opened: Opened, tell: Callable[[Finding], None], name: Callable[[int], str]) -> None:
        """`name`: of a checkpoint, by its number."""
        self.opened, self._tell, self._name = opened, tell, name
        self.seen: list[Covered] = []  # by number, hence by how far the stream had come
        self._last, self._next = EMPTY, 0
        self._remade: int | None = None  # the first record that is not what a checkpoint saw
        self._contradicted: Covered | None = None  # the last to have seen another one
        self._confirmed: Covered | None = None  # the first after it to have seen what is there

    def record(self, entry: Entry) -> None:
        expected = self._last.seq + 1
        if entry.seq > expected:
            one = entry.seq == expected + 1
            gone = f"record {expected} is gone" if one else f"records {expected} to {entry.seq - 1} are gone"
            self._found("record_removed", gone, expected)
        elif entry.seq < expected:
            self._found("record_inserted", f"record {entry.seq} does not belong there ({_who(entry)})", entry.seq)
        if not is_whole(entry):
            self._found("record_altered", f"record {entry.seq} ({_who(entry)}) was altered", entry.seq)
        elif entry.seq == expected and entry.previous != self._last.hash:
            words = (
                f"record {entry.seq} ({_who(entry)}) does not follow record {self._last.seq}: one of them was replaced"
            )
            self._found("record_replaced", words, entry.seq)
        self._last = Head(entry.seq, entry.hash)
        self._compare()

    def close(self) -> int:
        """How many records no checkpoint covers."""
        if self._contradicted is not None:
            words = f"record {self._remade} is not the one that a checkpoint saw: the chain was made anew"
            self._found("chain_remade", words, self._remade, self._contradicted.number, self._confirmed)
        covered = self.seen[-1].head.seq if self.seen else 0
        if covered > self._last.seq:
            self._cut_off(self.seen[-1])
        elif self.opened.head != self._last:
            self._compare_head(self.opened.head)
        elif self.opened.pending is False and covered < self._last.seq:
            words = f"a checkpoint covered it up to record {self._last.seq}, and there is no such checkpoint"
            self._found("checkpoint_removed", words, self._last.seq)
        return max(0, self._last.seq - covered)

    def _compare(self) -> None:
        """With what checkpoints saw of this record."""
        while self._next < len(self.seen) and self.seen[self._next].head.seq <= self._last.seq:
            covered = self.seen[self._next]
            self._next += 1
            if covered.head == self._last:
                self._confirmed = self._confirmed or covered
            elif covered.head.seq == self._last.seq:
                self._remade = self._remade or covered.head.seq
                self._contradicted, self._confirmed = covered, None

    def _cut_off(self, last: Covered) -> None:
        what = f"checkpoint {last.number} saw {last.head.seq} records"
        if self._last == EMPTY:
            self._found("stream_removed", f"the whole stream is gone; {what}", after=last.number)
        else:
            words = f"it was cut off after record {self._last.seq}; {what}"
            self._found("cut_off", words, self._last.seq + 1, last.number)

    def _compare_head(self, head: Head | None) -> None:
        end = self._last.seq
        if head is None and self._last == EMPTY:
            self._found("stream_removed", "nothing is recorded of it: its whole stream is gone")
        elif head is None:
            self._found("head_removed", f"it ends at record {end}, and its head is gone")
        elif head.seq > end:
            self._found("cut_off", f"it ends at record {end}, and its head says {head.seq}", end + 1)
        else:
            self._found("head_altered", f"it ends at record {end}, and its head says another end ({head.seq})", end)

    def _found(
        self, what: str, words: str, seq: int | None = None, after: int | None = None, before: Covered | None = None
    ) -> None:
        """With when it can have been. Checkpoints are made over chains that hold, up to the head that they see."""
        if after is None and self.seen:
            after = next((each.number for each in self.seen if each.head.seq >= (seq or 0)), self.seen[-1].number)
        when = _NOT_YET if after is None else f"after {self._name(after)} was made"
        until = f", before {self._name(before.number)}" if before else ""
        told = f"{self.opened.name}: {words}. It happened {when}{until}."
        until_number = before.number if before else None
        self._tell(Finding(what, told, self.opened.stream, self.opened.ticket, seq, after, until_number))


def _who(entry: Entry) -> str:
    return f"{entry.kind} by {entry.actor_name}, {instant(entry.at)}"
