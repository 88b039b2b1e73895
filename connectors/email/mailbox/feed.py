"""One folder of one mailbox as a Feed: what lies there new is taken, and then the look waits for news.

All talk with the server is in a thread of the feed's own. The loop never waits for it longer than it wants to: a look
that is cancelled, or takes too long, has its connection cut, and the next one makes a new one.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog

from connectors.contract import Fetched
from connectors.email import limits
from connectors.email.config import ImapServer
from connectors.email.mailbox import position
from connectors.email.mailbox.look import Look, Looked
from connectors.email.mailbox.position import Folder
from connectors.email.mailbox.thread import WorkingThread
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import Clock, utc_now

if TYPE_CHECKING:
    from connectors.email.mailbox.session import Session
    from connectors.email.oauth import AccessTokens

T = TypeVar("T")

LONGEST = 900.0  # seconds for one look: a mail of 50 MB over a slow line
# A login that was refused is tried again so much later: servers lock out those who try often.
REFUSED_PAUSE = 300.0
# The first waits after news are short: what came while we looked may have been told with an answer, and not again.
_FIRST_WAIT = 2.0
_IDLE_FAILURES = 3  # one after another, after which the server is not asked for it for a while
_WITHOUT_IDLE = 3600.0  # seconds
_BREATH = 1.0  # seconds before it is asked again for news, when it told of some and there were none

log = structlog.get_logger()


class MailboxFeed:
    """A Feed. `close` it."""

    channel: str = "email"
    pause: float = 0.0  # a look itself waits for news

    def __init__(
        self,
        address: str,
        server: ImapServer,
        folder: str = "INBOX",
        *,
        largest: int = limits.RAW,
        clock: Clock = utc_now,
        longest: float = LONGEST,
    ) -> None:
        self.account: str = address if folder.upper() == "INBOX" else f"{address}/{folder}"
        self._server = server
        self._address = address
        self._folder = folder
        self._look = Look(address, folder, server.first, largest, clock)
        self._longest = longest
        self._thread = WorkingThread(f"mailbox {self.account}")
        self._session: Session | None = None
        self._tokens: AccessTokens | None = None  # in place of a password
        self._quiet = False  # the last look waited as long as it may, and nothing came
        self._idle_failures = 0  # one after another
        self._idle_from = 0.0  # when the server may be asked for news again
        self._refused: tuple[float, AccountRefused] | None = None  # until when the login is not tried, and why

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """As `Feed.fetch_events`: waits up to `server.poll` seconds for news where there is nothing."""
        try:
            looked = await self._looked(position.read(cursor))
            waited = 0.0
            while not looked.more and waited < self._server.poll:
                wait = self._server.poll if self._quiet else min(max(waited, _FIRST_WAIT), self._server.poll - waited)
                began = time.monotonic()
                await self._news(wait)
                waited += wait
                looked = await self._looked(looked.position)
                if not looked.more and time.monotonic() - began < wait / 2:
                    await asyncio.sleep(min(_BREATH, wait))
        except asyncio.CancelledError:
            self._cut()
            raise
        self._quiet = not looked.more
        return Fetched(looked.events, str(looked.position))

    def close(self) -> None:
        """End the connection and the thread. A look that is under way fails."""
        self._cut()
        self._thread.end()

    @property
    def running(self) -> bool:
        """Whether its thread lives."""
        return self._thread.alive

    async def _looked(self, at: position.Position | None) -> Looked:
        def look(given_up: threading.Event) -> Looked:
            folder = self._examined(given_up)
            assert self._session is not None, "it is open, then"
            return self._look.look(self._session, folder, at)

        return await self._do(look, longest=self._longest)

    async def _news(self, seconds: float) -> None:
        """Until the server tells of something, at the longest so long. What goes wrong is met by the next look."""
        session = self._session
        if session is None or not session.idles or time.monotonic() < self._idle_from:
            await asyncio.sleep(seconds)
            return
        try:
            told = await self._do(lambda _: session.wait(seconds), longest=seconds + 2 * self._server.timeout)
        except ChannelUnavailable as error:
            log.info("mailbox_idle_ended", mailbox=self.account, error=error.message)
            told = False
        self._idle_failures = 0 if told else self._idle_failures + 1
        if not told:
            self._cut()
        if self._idle_failures >= _IDLE_FAILURES:
            self._idle_failures, self._idle_from = 0, time.monotonic() + _WITHOUT_IDLE

    async def _do(self, work: Callable[[threading.Event], T], *, longest: float) -> T:
        """Do it in the thread. Raises ChannelUnavailable, too, where it takes too long."""
        given_up = threading.Event()
        try:
            async with asyncio.timeout(longest):
                return await self._thread.do(partial(self._or_drop, work, given_up))
        except TimeoutError:
            given_up.set()
            self._cut()
            raise ChannelUnavailable(f"{self._server.host} took too long, and the connection was cut.") from None
        except asyncio.CancelledError:
            given_up.set()
            raise

    def _cut(self) -> None:
        """End the connection now, whatever the thread does with it; the next look makes a new one."""
        if self._session is not None:
            self._session.cut()
        self._thread.post(self._drop)

    # From here on: in the thread.

    def _or_drop(self, work: Callable[[threading.Event], T], given_up: threading.Event) -> T:
        """What goes wrong ends the session: nobody knows what the server would say next."""
        try:
            return work(given_up)
        except BaseException:
            self._drop()
            raise

    def _examined(self, given_up: threading.Event) -> Folder:
        """The folder, opened. A connection that was not used for a while may have ended: then with another one."""
        if (session := self._session) is not None:
            try:
                return session.examine(self._folder)
            except ChannelUnavailable:
                self._drop()
        session = self._session = self._opened(given_up)
        return session.examine(self._folder)

    def _opened(self, given_up: threading.Event) -> "Session":
        if given_up.is_set():
            raise ChannelUnavailable("Nobody waits for it any more.")
        if self._refused is not None and time.monotonic() < self._refused[0]:
            raise self._refused[1]
        # They load libraries, which only who follows the feeds needs.
        from connectors.email.mailbox.session import Session
        from connectors.email.oauth import AccessTokens

        try:
            if self._tokens is None and self._server.oauth is not None:
                self._tokens = AccessTokens(self._server.oauth)
            return Session(self._server, self._address, given_up, self._tokens)
        except AccountRefused as refusal:
            self._refused = (time.monotonic() + REFUSED_PAUSE, refusal)
            raise

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
