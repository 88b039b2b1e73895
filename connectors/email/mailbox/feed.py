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

from connectors.contract import Fetched
from connectors.email import limits
from connectors.email.config import ImapServer
from connectors.email.mailbox import position
from connectors.email.mailbox.look import Look, Looked
from connectors.email.mailbox.thread import WorkingThread
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import Clock, utc_now

if TYPE_CHECKING:
    from connectors.email.mailbox.session import Session

T = TypeVar("T")

LONGEST = 900.0  # seconds for one look: a mail of 50 MB over a slow line
# A login that was refused is tried again so much later: servers lock out those who try often.
REFUSED_PAUSE = 300.0
# The first waits after news are short: what came while we looked may have been told with an answer, and not again.
_FIRST_WAIT = 2.0
_IDLE_REFUSALS = 3  # after which a server that says it knows IDLE is not asked for it any more


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
        self._quiet = False  # the last look waited as long as it may, and nothing came
        self._idle_refusals = 0  # one after another
        self._refused: tuple[float, AccountRefused] | None = None  # until when the login is not tried, and why

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """As `Feed.fetch_events`: waits up to `server.poll` seconds for news where there is nothing."""
        try:
            looked = await self._looked(position.read(cursor))
            waited = 0.0
            while not looked.more and waited < self._server.poll:
                wait = self._server.poll if self._quiet else min(max(waited, _FIRST_WAIT), self._server.poll - waited)
                await self._news(wait)
                waited += wait
                looked = await self._looked(looked.position)
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
        return await self._do(lambda session: self._look.look(session, at), longest=self._longest)

    async def _news(self, seconds: float) -> None:
        """Until the server tells of something, at the longest so long."""
        if self._session is None or not self._session.idles or self._idle_refusals >= _IDLE_REFUSALS:
            await asyncio.sleep(seconds)
        elif await self._do(lambda session: session.wait(seconds), longest=seconds + 2 * self._server.timeout):
            self._idle_refusals = 0
        else:
            self._idle_refusals += 1
            self._cut()

    async def _do(self, work: Callable[["Session"], T], *, longest: float) -> T:
        """Do it in the thread, with a session. Raises ChannelUnavailable, too, where it takes too long."""
        given_up = threading.Event()
        try:
            async with asyncio.timeout(longest):
                return await self._thread.do(partial(self._with_session, work, given_up))
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

    def _with_session(self, work: Callable[["Session"], T], given_up: threading.Event) -> T:
        """In the thread. What goes wrong ends the session: nobody knows what the server would say next."""
        try:
            session = self._session = self._session or self._opened(given_up)
            return work(session)
        except BaseException:
            self._drop()
            raise

    def _opened(self, given_up: threading.Event) -> "Session":
        if self._refused is not None and time.monotonic() < self._refused[0]:
            raise self._refused[1]
        from connectors.email.mailbox.session import (
            Session,
        )  # loads the library, which only who follows the feeds needs

        try:
            return Session(self._server, self._address, given_up)
        except AccountRefused as refusal:
            self._refused = (time.monotonic() + REFUSED_PAUSE, refusal)
            raise

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
