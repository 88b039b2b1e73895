"""What an audit takes in, and what it says."""

from dataclasses import dataclass, field
from datetime import datetime

from ticketing.activity.chain import Head
from ticketing.activity.checkpoint import Checkpoint, Covered
from ticketing.activity.record import Entry, Stream

MOST = 1000  # findings that are told one by one


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a stream before its records are read."""

    stream: Stream
    head: Head | None
    ticket: int | None = None  # its number, for people
    pending: bool | None = None  # whether the next checkpoint will cover its head; None: not known

    @property
    def name(self) -> str:
        if self.ticket is not None:
            return f"Ticket #{self.ticket}"
        return f"{self.stream.kind.capitalize()} {self.stream.id}"


# In this order: the checkpoints by number; then stream by stream (by kind and id) what is known of it, the heads that
# checkpoints saw of it (by number), its records (by seq).
Part = Checkpoint | Opened | Covered | Entry


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction. It came about after checkpoint `after` was made, before `before` was. None: nothing says so."""

    what: str  # a word of a fixed vocabulary: docs/audit.md
    words: str
    stream: Stream | None = None
    ticket: int | None = None
    seq: int | None = None
    after: int | None = None
    before: int | None = None


@dataclass(slots=True)
class Verdict:
    """`findings`: what is false. `doubts`: what should be proven and is not. `remarks`: what is good to know."""

    findings: list[Finding] = field(default_factory=list)
    more: int = 0  # findings beyond `MOST`
    doubts: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    streams: int = 0
    records: int = 0
    checkpoints: int = 0
    uncovered: int = 0  # records that no checkpoint covers yet
    newest: Checkpoint | None = None

    def add(self, finding: Finding) -> None:
        if len(self.findings) < MOST:
            self.findings.append(finding)
        else:
            self.more += 1


def instant(at: datetime) -> str:
    """For people."""
    return at.strftime("%Y-%m-%d %H:%M UTC")
