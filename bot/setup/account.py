"""What Slack says of our app and of the workspace, asked by an admin's command: one answer at a time, read only.

But for the test message, which is posted and deleted again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.calls import web_client
from bot.config import SlackConfig
from bot.refusals import refusal_of
from bot.wire import Json
from core.errors import ChannelUnavailable, OutcomeUnknown, Throttled

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Installed:
    """The app in its workspace, as the bot token opens it."""

    team_id: str
    team: str
    site: str
    user: str
    is_bot: bool  # else the token is a person's
    scopes: frozenset[str] | None  # None: Slack did not say


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as the app sees it."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_shared: bool  # with another organisation, whose people read what stands there

    @classmethod
    def read(cls, channel: Json) -> Self:
        shared = bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
        return cls(
            str(channel["id"]),
            str(channel.get("name") or channel["id"]),
            bool(channel.get("is_member")),
            bool(channel.get("is_archived")),
            shared,
        )


class Account:
    """One workspace, asked through the real SDK. Every method raises leaves of ChannelError.

    `patience`: so many seconds in all it waits where Slack asks it to slow down, before it gives up.
    """

    def __init__(
        self, config: SlackConfig, *, patience: float = 0.0, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._patience, self._sleep = patience, sleep
        self._bot = web_client(config, token=config.bot_token)
        self._app = web_client(config, token=config.app_token)

    async def whoami(self) -> Installed:
        answer, headers = await self._ask("auth.test", {})
        granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
        scopes = None if granted is None else frozenset(each.strip() for each in granted.split(",") if each.strip())
        return Installed(
            str(answer["team_id"]),
            str(answer.get("team") or ""),
            str(answer.get("url") or ""),
            str(answer.get("user") or ""),
            bool(answer.get("bot_id")),
            scopes,
        )

    async def room(self, channel: str) -> Room:
        return Room.read((await self._ask("conversations.info", {"channel": channel}))[0]["channel"])

    async def open_socket(self) -> None:
        """Whether the app-level token may open Socket Mode's connection, which is not opened."""
        await self._ask("apps.connections.open", {}, verb="POST", client=self._app)

    async def say_and_unsay(self, channel: str, text: str) -> None:
        """Post a message and delete it again. If deleting fails it stays there, and that is what is raised."""
        said, _ = await self._ask("chat.postMessage", {"channel": channel, "text": text}, verb="POST")
        await self._ask("chat.delete", {"channel": said["channel"], "ts": said["ts"]}, verb="POST")

    async def pages(self, method: str, arguments: Json, items: str) -> AsyncIterator[list[Any]]:
        """The list `items` of a method, page by page."""
        cursor = ""
        while True:
            asked = {**arguments, "limit": _PAGE, **({"cursor": cursor} if cursor else {})}
            answer, _ = await self._ask(method, asked)
            yield list(answer.get(items) or [])
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    async def user(self, slack_user: str) -> Json:
        """Slack's record of a user."""
        return dict((await self._ask("users.info", {"user": slack_user}))[0]["user"])

    async def _ask(
        self, method: str, arguments: Json, *, verb: str = "GET", client: AsyncWebClient | None = None
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        while True:
            try:
                return await self._once(method, arguments, verb, client or self._bot)
            except Throttled as throttled:
                if throttled.retry_after > self._patience:
                    raise
                self._patience -= throttled.retry_after
                await self._sleep(throttled.retry_after)

    async def _once(
        self, method: str, arguments: Json, verb: str, client: AsyncWebClient
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The answer and its headers. A command may be run again, so whatever went wrong on the way is "not now"."""
        request: dict[str, Any] = {"json": arguments} if verb == "POST" else {"params": arguments}
        try:
            response = await client.api_call(method, http_verb=verb, **request)
        except SlackApiError as error:
            named = refusal_of(error, channel=arguments.get("channel"))
            if isinstance(named, OutcomeUnknown):
                raise ChannelUnavailable("Slack is in trouble of its own.") from error
            raise named from error
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise ChannelUnavailable("Slack cannot be reached.") from error
        return (response.data if isinstance(response.data, dict) else {}), response.headers
