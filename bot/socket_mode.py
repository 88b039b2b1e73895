"""Slack over Socket Mode, for who cannot be reached from outside: `threadline bot`, a laptop behind NAT.

The SDK keeps the socket; this keeps the SDK. A client that stays disconnected is thrown away and made anew.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.refusals import refusal_of
from core.errors import AccountRefused, ChannelUnavailable

CHECK_EVERY = 5.0  # seconds between looks at the socket
_PATIENCE = 2  # looks that may find it dead: the SDK reconnects by itself in between
_LONGEST_PAUSE = 30.0  # seconds between attempts while Slack is down
_CONNECT_WITHIN = 20.0

_log = logging.getLogger(__name__)


async def run(app: AsyncApp, app_token: str, stop: asyncio.Event, *, check_every: float = CHECK_EVERY) -> None:
    """Serve until `stop` is set. Raises AccountRefused if the token is bad; outlives every outage."""
    pause = 1.0
    while not stop.is_set():
        handler = AsyncSocketModeHandler(app, app_token)
        # The SDK takes HTTP_PROXY for every address; our client knows better.
        handler.client.proxy = app.client.proxy
        try:
            await _connect(handler.client, app, app_token, stop)
            pause = 1.0
            await _watch(handler.client, stop, check_every)
        except (ChannelUnavailable, TimeoutError) as error:
            _log.warning("no socket to Slack: %s Trying again in %.0f s.", error, pause)
            await _wait(stop, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            await _close(handler.client)


async def _connect(client: SocketModeClient, app: AsyncApp, app_token: str, stop: asyncio.Event) -> None:
    """Raises AccountRefused, ChannelUnavailable, TimeoutError. Returns early when told to stop."""
    try:
        answer = await app.client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        named = refusal_of(error)
        if isinstance(named, AccountRefused):
            raise named from error
        raise ChannelUnavailable(named.message) from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise ChannelUnavailable("Slack cannot be reached.") from error
    client.wss_uri = str(answer["url"])
    connecting = asyncio.ensure_future(client.connect())  # type: ignore[no-untyped-call]  # never gives up
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({connecting, stopping}, timeout=_CONNECT_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            connecting.result()
        elif not stop.is_set():
            raise TimeoutError("Slack did not answer the socket.")
    finally:
        await _cancel(connecting, stopping)


async def _watch(client: SocketModeClient, stop: asyncio.Event, check_every: float) -> None:
    """Return when told to stop, or when the socket is found dead too often."""
    dead = 0
    while dead < _PATIENCE and not stop.is_set():
        await _wait(stop, check_every)
        dead = 0 if await client.is_connected() else dead + 1
    if not stop.is_set():
        _log.warning("the socket to Slack stays dead: making a new one")


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _close(client: SocketModeClient) -> None:
    """End the socket and wait for the SDK's own tasks, which its `close` only cancels."""
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    with suppress(aiohttp.ClientError, OSError):
        await client.close()  # type: ignore[no-untyped-call]
    await _cancel(*(task for task in tasks if task is not None))


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
