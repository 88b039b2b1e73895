"""One socket of Slack's Socket Mode, from its address to its end, through the SDK's client.

The SDK would replace a socket by itself, and close the old one before the new one is open: what people press in between
gets a warning from Slack. So it may not: it says here that a socket is over, and `socket_mode.py` opens the next one.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from core.errors import ChannelUnavailable

CLOSED, SILENT = "closed", "silent"  # how a socket ends without Slack saying so
_PINGS_MISSED = 3
_SHORT = 2000  # characters: Slack's own words to us, beside which envelopes are long
_SENDING_WITHIN = 3.0  # seconds that Slack waits for an answer
_CLOSING_WITHIN = 1.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Silence:
    """How long none of our pings was answered, by a clock that does not jump as the wall's may. Pure."""

    pong: float | None = None
    since: float | None = None

    def seconds(self, pong: float | None, now: float) -> float:
        """`pong` tells the newest answer from those before, and nothing else."""
        if self.since is None or pong != self.pong:
            self.pong, self.since = pong, now
        return now - self.since


class Connection(SocketModeClient):
    """`open`, then `over` until it has to be replaced, then `drain`."""

    def __init__(self, app: AsyncApp, app_token: str, *, ping_every: float) -> None:
        super().__init__(app_token, logger=app.logger, web_client=app.client, ping_interval=ping_every)
        # The SDK takes HTTP_PROXY for every address; our client knows better.
        self.proxy = app.client.proxy
        self._bolt = app
        self._settled, self._over, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._busy = 0
        self._reason: str | None = None
        self._silence = Silence()
        self.on_message_listeners.append(self._noticed)
        self.socket_mode_request_listeners.append(self._handle)

    async def open(self, url: str, *, within: float) -> None:
        """Return once Slack has said hello. Raises ChannelUnavailable if it says nothing in time, or something else."""
        self.wss_uri = url
        try:
            async with asyncio.timeout(within):
                await self.connect()  # type: ignore[no-untyped-call]  # never gives up
                await self._settled.wait()
        except TimeoutError as error:
            raise ChannelUnavailable("Slack does not answer at the socket.") from error
        if self._reason is not None:
            raise ChannelUnavailable(f"Slack lets no socket be opened ({self._reason}).")

    async def over(self, *, check_every: float) -> str:
        """Return when it has to be replaced, with the reason: Slack's own, or CLOSED or SILENT."""
        while not self._over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), check_every)
            if (dead := self.dead()) is not None:
                return dead
        return self.dead() or self._reason or CLOSED

    def dead(self) -> str | None:
        """CLOSED or SILENT; None while it lives."""
        if self.current_session is None or self.current_session.closed:
            return CLOSED
        silent = self._silence.seconds(self.last_ping_pong_time, time.monotonic())
        return SILENT if silent > self.ping_interval * _PINGS_MISSED else None

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002 - the SDK's signature
        """Whatever the SDK finds wrong ends up here: it says so, and does nothing about it."""
        self._over.set()

    async def _noticed(self, message: aiohttp.WSMessage) -> None:
        """Slack's words about the socket itself."""
        said = message.data
        if not isinstance(said, str) or len(said) > _SHORT or '"envelope_id"' in said:
            return
        with suppress(ValueError, AttributeError):
            words = json.loads(said)
            if words.get("type") == "hello":
                self._settled.set()
            elif words.get("type") == "disconnect":
                self._reason = str(words.get("reason") or "disconnect")
                self._settled.set()

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self._busy += 1
        self._idle.clear()
        try:
            answer = await run_async_bolt_app(self._bolt, request)
            await send_async_response(client, request, answer, time.time())
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def drain(self) -> None:
        """Answer what came over it, for as long as Slack waits; then `end`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _SENDING_WITHIN)
        await self.end()

    async def end(self) -> None:
        """Close it, and wait for the SDK's own tasks, which its `close` only cancels. Safe to repeat."""
        tasks = [self.message_processor, self.current_session_monitor, self.message_receiver]
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(_CLOSING_WITHIN):  # of a dead socket nobody answers the closing handshake
                await self.close()  # type: ignore[no-untyped-call]
        await self.aiohttp_client_session.close()
        await cancelled(*(task for task in tasks if task is not None))


async def cancelled(*tasks: asyncio.Future[Any]) -> None:
    """Cancel them and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
