"""What one look into a folder takes: the next mails, oldest first, never more of them than fit in memory.

A mail that the server cannot hand over is asked for again and again, by itself, and then left out with a note: it never
keeps those behind it waiting for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from connectors.contract import FetchedEvent
from connectors.email.config import First
from connectors.email.mailbox import notes, position
from connectors.email.mailbox.position import Folder, Position
from core.errors import ChannelUnavailable
from core.instants import Clock

if TYPE_CHECKING:
    from connectors.email.mailbox.session import Listed, Session

MOST_MAILS = 50  # of one look
MOST_BYTES = 20 * 2**20  # of the mails of one look; a larger one comes alone
TRIES = 8  # after which a mail is left out: some two minutes, with the pauses between looks that failed
_WINDOW = 1000  # UIDs that are searched at once; eight times as many where there was nothing
_WIDEST = 50_000  # UIDs that one answer may hold: the library refuses a line of a million letters

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Looked:
    """`more`: there may be more to take at once."""

    events: Sequence[FetchedEvent]
    position: Position
    more: bool


@dataclass(slots=True)
class Look:
    """Looks into one folder, and remembers which mail made trouble. For one thread."""

    address: str
    folder: str
    start: First
    largest: int  # bytes
    clock: Clock
    _alone_up_to: int = field(default=0, init=False)  # mails up to this UID are fetched one by one
    _suspect: int = field(default=0, init=False)  # the mail that could not be fetched last,
    _failures: int = field(default=0, init=False)  # and how often

    def look(self, session: "Session", folder: Folder, known: Position | None) -> Looked:
        """Take what comes after `known`; None: the folder was never read. It is open, as the server says in `folder`.

        Raises leaves of ChannelError.
        """
        if known is None:  # kept at once: what comes while we wait for news is new
            return Looked((), position.first(folder, self.start, self.clock()), more=True)
        if folder.following <= known.last and session.search(known.last, None, None):
            folder = replace(folder, following=known.last + 1)  # the server lags behind with what it says
        if (at := position.resumed(known, folder)) is not known:
            self._alone_up_to = self._suspect = 0
            log.warning("mailbox_numbered_anew", mailbox=self.address, folder=self.folder)
        if not (uids := _next_uids(session, at, folder)):
            return Looked((), position.caught_up(at, folder, self.clock()), more=False)
        return self._taken(session, uids, at)

    def _taken(self, session: "Session", uids: Sequence[int], at: Position) -> Looked:
        first = uids[0]
        if first == self._suspect and self._failures >= TRIES:
            return Looked([self._last_resort(session, first, at)], replace(at, last=first), more=True)
        chosen = uids[:1] if first <= self._alone_up_to else uids[:MOST_MAILS]
        with self._suspecting(chosen):
            told = session.listed(chosen)
            wanted, stop = self._wanted(chosen, told, at)
            whole = session.mails([each.uid for each in wanted if each.size <= self.largest])
            heads = session.headers([each.uid for each in wanted if each.size > self.largest])
            events = []
            for each in wanted:
                if (event := self._event(each, whole.get(each.uid), heads.get(each.uid), at)) is None:
                    stop = each.uid
                    break
                events.append(event)
            if stop == first:
                raise ChannelUnavailable(f"{session.at} does not hand over mail {first} of the mailbox {self.address}.")
        return Looked(events, replace(at, last=chosen[-1] if stop is None else stop - 1), more=True)

    def _wanted(
        self, uids: Sequence[int], told: Mapping[int, "Listed"], at: Position
    ) -> tuple[Sequence["Listed"], int | None]:
        """Those to fetch, as many as fit; and the first one that is for the next look."""
        wanted: list[Listed] = []
        room = MOST_BYTES
        for uid in uids:
            if (mail := told.get(uid)) is None:  # removed since, or the server forgot it: the next search tells
                return wanted, uid
            if mail.deleted or not at.takes(uid, mail.arrived):
                continue
            room -= min(mail.size, notes.MOST_HEADERS) if mail.size > self.largest else mail.size
            if wanted and room < 0:
                return wanted, uid
            wanted.append(mail)
        return wanted, None

    def _event(self, listed: "Listed", mail: bytes | None, headers: bytes | None, at: Position) -> FetchedEvent | None:
        """None: the server did not give it, or much less than it said."""
        if listed.size > self.largest:
            return None if headers is None else self._kept(self._too_large(headers, listed.size), listed.uid, at)
        if mail is None or len(mail) * 2 < listed.size:
            return None
        return self._kept(mail, listed.uid, at)

    def _last_resort(self, session: "Session", uid: int, at: Position) -> FetchedEvent:
        """What the server does give of a mail: less each time that this fails, and at last nothing but a note."""
        self._failures += 1
        listed = session.listed([uid]).get(uid) if self._failures == TRIES + 1 else None
        if listed and listed.size <= self.largest and (mail := session.mails([uid]).get(uid)):
            return self._kept(mail, uid, at)
        headers = session.headers([uid]).get(uid, b"") if self._failures <= TRIES + 2 else b""
        log.warning("mail_not_taken", mailbox=self.address, folder=self.folder, uid=uid)
        return self._kept(notes.unreadable(headers, uid=uid, address=self.address, folder=self.folder), uid, at)

    def _kept(self, mail: bytes, uid: int, at: Position) -> FetchedEvent:
        if len(mail) > self.largest:  # the server had said that it is smaller
            mail = self._too_large(notes.headers_of(mail), len(mail))
        return FetchedEvent(sha256(mail).hexdigest(), notes.mail_url(self.address, self.folder, at.validity, uid), mail)

    def _too_large(self, headers: bytes, size: int) -> bytes:
        return notes.too_large(headers, size=size, most=self.largest, address=self.address, folder=self.folder)

    @contextmanager
    def _suspecting(self, uids: Sequence[int]) -> Iterator[None]:
        """Where this fails, it may be for one of these mails: they are fetched one by one until it is found."""
        try:
            yield
        except ChannelUnavailable:
            if len(uids) == 1:
                self._failures = self._failures + 1 if self._suspect == uids[0] else 1
                self._suspect = uids[0]
            self._alone_up_to = uids[-1]
            raise


def _next_uids(session: "Session", at: Position, folder: Folder) -> list[int]:
    """The lowest UIDs after `at.last`, at least one if there is any. Costs what lies near, not what lies there."""
    low, width, end = at.last + 1, _WINDOW, max(folder.following - 1, at.last + 1)
    while low <= end:
        high = min(low + width - 1, end if low > at.backlog else min(end, at.backlog))
        # Up to the newest, in case the server's next UID was not the newest any more.
        last = None if high == end > at.backlog else high
        if found := session.search(low, last, at.since if high <= at.backlog else None):
            return found
        low, width = high + 1, width * 8
        if folder.mails > _WIDEST:
            width = min(width, _WIDEST)
    return []
