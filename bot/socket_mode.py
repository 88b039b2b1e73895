"""Slack over Socket Mode, for who cannot be reached from outside: `threadline bot`, a laptop behind NAT.

One socket is open whenever Slack lets it be. When Slack announces that it will close it, the next is open before it
goes, and what came over the old one is still answered there.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.refusals import refusal_of
from bot.socket_connection import CLOSED, SILENT, Connection, cancelled
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, OutcomeUnknown

# Of "too_many_websockets" Slack wants fewer: Slack allows an app ten.
_DEAD = frozenset({CLOSED, SILENT, "too_many_websockets"})

_log = logging.getLogger(__name__)

# Is told None while the socket is open, else why there is none, in words for an admin. Must not raise.
Report = Callable[[str | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks at the socket, pings and reports; for Slack to greet; between attempts at most.

    `linger`: an old socket serves beside the new one so long. Slack closes it about ten seconds after its warning, and
    may bring something by it until then.
    """

    check: float = 5.0
    ping: float = 10.0
    report: float = 30.0
    hello: float = 15.0
    longest_pause: float = 30.0
    linger: float = 20.0


async def _silently(_: str | None) -> None:
    """For whoever asks for no reports."""


async def run(
    app: AsyncApp, app_token: str, stop: asyncio.Event, *, pace: Pace | None = None, report: Report = _silently
) -> None:
    """Serve until `stop` is set. Raises AccountRefused if the token is bad; outlives every outage."""
    keeper = _Keeper(app, app_token, pace or Pace(), report)
    keeping, stopping = asyncio.ensure_future(keeper.keep()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if keeping.done():
            keeping.result()
    finally:
        await cancelled(keeping, stopping)
        await keeper.end()


@dataclass(slots=True)
class _Keeper:
    app: AsyncApp
    app_token: str
    pace: Pace
    report: Report
    serving: Connection | None = None
    leaving: set[asyncio.Task[None]] = field(default_factory=set)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self) -> None:
        """Until cancelled. Raises AccountRefused."""
        while True:
            fresh = await self._opened()
            if self.serving is not None:
                self._let_go(self.serving, linger=self.pace.linger)
            self.serving = fresh
            opened = time.monotonic()
            reason = await self._served(fresh)
            _log.warning("the socket to Slack is over (%s): opening another", reason)
            if reason in _DEAD:
                self._let_go(fresh, linger=0.0)
                self.serving = None
            if time.monotonic() - opened < self.pace.check:  # nothing that keeps ending is opened in a hurry
                await asyncio.sleep(min(self.pace.check, self.pace.longest_pause))

    async def _opened(self) -> Connection:
        """The next socket, greeted, however long that takes. Raises AccountRefused."""
        pause = min(1.0, self.pace.longest_pause)
        while True:
            fresh = Connection(self.app, self.app_token, ping_every=self.pace.ping)
            try:
                await fresh.open(await self._address(), within=self.pace.hello)
            except ChannelUnavailable as error:
                await fresh.end()
                wait = max(pause, error.retry_after or 0.0)
                _log.warning("no socket to Slack: %s Trying again in %.0f s.", error, wait)
                if self.serving is None or self.serving.dead() is not None:
                    await self.report(error.message)
                await asyncio.sleep(wait)
                pause = min(pause * 2, self.pace.longest_pause)
            except BaseException:
                await fresh.end()
                raise
            else:
                return fresh

    async def _address(self) -> str:
        """Where the next socket is; good for one. Raises AccountRefused, ChannelUnavailable."""
        try:
            answer = await self.app.client.apps_connections_open(app_token=self.app_token)
        except SlackApiError as error:
            named: ChannelError = refusal_of(error)
            if isinstance(named, (AccountRefused, ChannelUnavailable)):
                raise named from error
            words = "Slack is in trouble of its own." if isinstance(named, OutcomeUnknown) else named.message
            raise ChannelUnavailable(words) from error
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise ChannelUnavailable("Slack cannot be reached.") from error
        return str(answer["url"])

    async def _served(self, connection: Connection) -> str:
        """Why this socket has to be replaced."""
        over = asyncio.ensure_future(connection.over(check_every=self.pace.check))
        try:
            while not over.done():
                await self.report(None)
                await asyncio.wait({over}, timeout=self.pace.report)
            return over.result()
        finally:
            await cancelled(over)

    def _let_go(self, connection: Connection, *, linger: float) -> None:
        """Close it when it is of no more use and what came over it is answered, while the next one serves."""
        task = asyncio.create_task(self._leave(connection, linger))
        self.leaving.add(task)
        task.add_done_callback(self.leaving.discard)

    async def _leave(self, connection: Connection, linger: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ending.wait(), linger)
        await connection.drain()

    async def end(self) -> None:
        """Answer what is under way, and leave."""
        self.ending.set()
        if self.serving is not None:
            self._let_go(self.serving, linger=0.0)
        await asyncio.gather(*self.leaving, return_exceptions=True)
