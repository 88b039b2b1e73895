"""How a call to Slack goes, through the real SDK: in its turn, once, and each failure named by what to do.

It calls once. The SDK's own retry is off: it repeats a request after a reset connection, which posts a card twice.
Calls that nobody waits for take turns (`bot/pacing.py`). Which calls there are: `bot/client.py`.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import SlackConfig
from bot.pacing import ANYBODY, Method, Turn, Turnstile, Visitor
from bot.refusals import Unanswered, refusal_of
from bot.wire import Json
from core.errors import ChannelUnavailable, OutcomeUnknown, Throttled
from core.proxies import reached_directly

# A connection that Slack closes while we write to it reads as OutcomeUnknown, so none is kept idle for long.
_IDLE_SECONDS = 3
# Calls; whoever finds no place within half of the patience has done nothing, and comes again. With 30, at Slack's usual
# 200 ms, they and not our own work held back what one worker can show.
_AT_ONCE = 80
_PAGE = 200  # messages looked through in one call
_PACED: frozenset[str] = frozenset(Method)

# The SDK asks this logger's own level, not its parent's, whether to put every request into words nobody reads.
_sdk_log = logging.getLogger("slack_sdk.requests")
_sdk_log.setLevel(logging.ERROR)


def web_client(config: SlackConfig, *, token: str | None) -> AsyncWebClient:
    """The SDK's client for this workspace, without retries and without a proxy where none belongs."""
    patience = int(config.timeout) or 1
    web = AsyncWebClient(token=token, base_url=config.base_url, timeout=patience, retry_handlers=[], logger=_sdk_log)
    if reached_directly(config.base_url):
        web.proxy = None  # the SDK takes HTTP(S)_PROXY for every address and ignores NO_PROXY
    return web


class Calls:
    """Of one workspace, by the names of Slack's methods. What they raise stands at `Slack`."""

    def __init__(self, config: SlackConfig, turns: Turnstile | None) -> None:
        self._config, self._turns = config, turns
        self._web = web_client(config, token=config.bot_token)

    @property
    def proxy(self) -> str | None:
        return self._web.proxy

    @asynccontextmanager
    async def turn(self, method: Method, channel: str, visitor: Visitor = ANYBODY) -> AsyncIterator[Turn]:
        """The right to one call. Raises Throttled. A turn that is not used is for the next one."""
        turn = Turn() if self._turns is None else await self._turns.take(method, channel, visitor)
        try:
            yield turn
        finally:
            turn.give_back()

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        if self._web.session is not None:
            await self._web.session.close()

    async def pages(self, method: Method, arguments: Json, visitor: Visitor) -> AsyncIterator[Json]:
        """All messages that it has, page by page, each in a turn of its own."""
        cursor = ""
        while True:
            page = {**arguments, "include_all_metadata": True, "limit": _PAGE}
            async with self.turn(method, arguments["channel"], visitor) as turn:
                turn.use()
                answer = await self.read(method, {**page, "cursor": cursor} if cursor else page)
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def in_turn(self, method: Method, arguments: Json, turn: Turn | None) -> Mapping[str, Any]:
        """As `write`, with this turn, or with one that is taken for it."""
        if turn is None:
            async with self.turn(method, arguments["channel"]) as turn:
                return await self.in_turn(method, arguments, turn)
        turn.use()
        return await self.write(method, arguments)

    async def write(self, method: str, arguments: Json) -> Mapping[str, Any]:
        """Slack's answer. What may have been done without one is told from what was not."""
        try:
            return await self._call(method, json=arguments)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChannelUnavailable("Slack cannot be reached: nothing was done.") from error
        except TimeoutError as error:
            raise Unanswered("Slack did not answer in time: it may still do it.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown("The connection broke before Slack answered: it may have done it.") from error

    async def read(self, method: str, arguments: Json) -> Mapping[str, Any]:
        """Reading changes nothing that anybody sees, so whatever went wrong, it may be tried again."""
        try:
            return await self._call(method, http_verb="GET", params=arguments)
        except (aiohttp.ClientError, OSError, TimeoutError, OutcomeUnknown) as error:
            raise ChannelUnavailable("Slack cannot be reached.") from error

    def session(self) -> aiohttp.ClientSession:
        """The connections, opened in the running loop."""
        if self._web.session is None:
            limits = aiohttp.ClientTimeout(total=self._config.timeout, connect=self._config.timeout / 2)
            connector = aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=_IDLE_SECONDS)
            self._web.session = aiohttp.ClientSession(timeout=limits, connector=connector)
        return self._web.session

    async def _call(self, method: str, **request: Any) -> Mapping[str, Any]:
        self.session()
        try:
            response = await self._web.api_call(method, **request)
        except SlackApiError as error:
            channel = (request.get("json") or request.get("params") or {}).get("channel")
            named = refusal_of(error, channel=channel)
            if isinstance(named, Throttled) and self._turns is not None and method in _PACED:
                self._turns.close(Method(method), channel or "", named.retry_after)
            raise named from error
        except ValueError as error:  # JSON by its header, and not by its body
            raise OutcomeUnknown("Slack's answer makes no sense: it may have done it.") from error
        return dict(response.data) if isinstance(response.data, dict) else {}
