"""How far a folder was read, as the cursor of its feed keeps it: `<UIDVALIDITY>:<last UID>:<backlog>:<since>`.

A folder numbers its mails (UID) upwards, and the numbers hold as long as its UIDVALIDITY stays. Where it changed (the
folder was made anew, or the mailbox moved), all numbers mean other mails: we begin again, and what was taken before
vanishes by its key. Two bounds keep that from being more than it must: mails up to UID `backlog` lay there when we
came, and of these only those count that arrived at `since` or later.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.email.config import First

# A mail that arrived so long before we had last taken everything was taken; later ones are looked at again.
MARGIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Folder:
    """What the server says of a folder."""

    validity: int  # UIDVALIDITY
    following: int  # UIDNEXT: no mail has it or a higher one yet
    mails: int


@dataclass(frozen=True, slots=True)
class Position:
    """All mails up to UID `last` were taken, or left out for good."""

    validity: int
    last: int
    backlog: int
    since: datetime | None  # None: however old

    def __str__(self) -> str:
        since = "" if self.since is None else str(int(self.since.timestamp()))
        return f"{self.validity}:{self.last}:{self.backlog}:{since}"

    def takes(self, uid: int, arrived: datetime | None) -> bool:
        """Whether a mail is new to us, as far as its date says; one without a date is."""
        return uid > self.backlog or self.since is None or arrived is None or arrived >= self.since


def read(cursor: str | None) -> Position | None:
    """None for one that nobody has written yet, and for what is none."""
    parts = (cursor or "").split(":")
    if len(parts) != 4 or not all(part.isascii() and part.isdecimal() for part in parts if part):
        return None
    validity, last, backlog, since = parts
    try:
        return Position(
            int(validity), int(last), int(backlog), datetime.fromtimestamp(int(since), UTC) if since else None
        )
    except (ValueError, OverflowError, OSError):
        return None


def first(folder: Folder, what: First, now: datetime) -> Position:
    """Where reading begins: `what` is to be taken of the mails that lie there."""
    there = folder.following - 1
    if what == "new":
        # Whole seconds, as the dates of mails are.
        return Position(folder.validity, there, there, now.replace(microsecond=0))
    return Position(folder.validity, 0, there, None if what == "all" else now - timedelta(days=what))


def resumed(position: Position, folder: Folder) -> Position:
    """Where reading goes on. From the start where the numbers are not those that we know.

    Numbers that went back with the same UIDVALIDITY break the standard, as a mailbox does that came back from a backup.
    """
    if folder.validity == position.validity and folder.following > position.last:
        return position
    return Position(folder.validity, 0, folder.following - 1, position.since)


def caught_up(position: Position, folder: Folder, now: datetime) -> Position:
    """Everything in the folder has been taken."""
    bounds = [now.replace(microsecond=0) - MARGIN, *([position.since] if position.since else [])]
    return replace(position, last=max(position.last, folder.following - 1), since=max(bounds))
