"""The bot's only calls to Slack, through the real SDK: each named for what it does, each failure named by what to do.

It calls once. The SDK's own retry is off: it repeats a request after a reset connection, which posts a card twice.
Calls that nobody waits for take turns (`bot/pacing.py`); whoever has something to read between turn and call takes the
turn first (`turn`), and the others need not know of it.
"""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import SlackConfig
from bot.file_transfer import FileTransfer
from bot.pacing import ANYBODY, Method, Turn, Turnstile, Visitor
from bot.refusals import CardGone, Unanswered, refusal_of
from bot.response_url import answer_at
from bot.searching import Search
from bot.wire import Json
from connectors.contract import OpenFile
from core.errors import ChannelUnavailable, FileGone, MessageRefused, OutcomeUnknown, Throttled
from core.proxies import reached_directly

# A connection that Slack closes while we write to it reads as OutcomeUnknown, so none is kept idle for long.
_IDLE_SECONDS = 3
# Calls; whoever finds no place within half of the patience has done nothing, and comes again. With 30, at Slack's usual
# 200 ms, they and not our own work held back what one worker can show.
_AT_ONCE = 80
_NO_FILE = "file_not_found"
_PAGE = 200  # messages looked through in one call
_MEMBERS, _MEMBER_PAGES = 1000, 5  # of a channel
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


class Slack:
    """One workspace. Opens its connections with the first call, in the running loop; `close` ends them.

    Every method raises leaves of ChannelError: ChannelUnavailable (it did not happen), OutcomeUnknown (it may have),
    AccountRefused (an admin must act), MessageRefused and its leaves (this will never pass). Without `turns` it keeps
    to no limits of its own.
    """

    def __init__(self, config: SlackConfig, *, turns: Turnstile | None = None) -> None:
        self._config = config
        self._turns = turns
        self._web = web_client(config, token=config.bot_token)
        self._ourselves: Json | None = None
        self._searches: dict[str, Search] = {}

    @asynccontextmanager
    async def turn(self, method: Method, channel: str, visitor: Visitor = ANYBODY) -> AsyncIterator[Turn]:
        """The right to one call. Raises Throttled. A turn that is not used is for the next one."""
        turn = Turn() if self._turns is None else await self._turns.take(method, channel, visitor)
        try:
            yield turn
        finally:
            turn.give_back()

    async def post(
        self,
        channel: str,
        text: str,
        blocks: list[Json],
        *,
        metadata: Json,
        thread_ts: str | None = None,
        turn: Turn | None = None,
    ) -> str:
        """Post a message, in a thread if `thread_ts` is given. Returns its ts."""
        arguments: Json = {
            "channel": channel,
            "text": text,
            "blocks": blocks,
            "metadata": metadata,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts is not None:
            arguments["thread_ts"] = thread_ts
        return str((await self._in_turn(Method.POST, arguments, turn))["ts"])

    async def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[Json],
        *,
        metadata: Json | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Raises CardGone. Without `metadata` the message keeps its own."""
        arguments: Json = {"channel": channel, "ts": ts, "text": text, "blocks": blocks}
        if metadata is not None:
            arguments["metadata"] = metadata
        try:
            await self._in_turn(Method.UPDATE, arguments, turn)
        except CardGone:
            if (search := self._searches.get(channel)) is not None:
                search.forget(ts)
            raise

    async def delete(self, channel: str, ts: str) -> None:
        """Raises CardGone where there is nothing of ours."""
        await self._in_turn(Method.DELETE, {"channel": channel, "ts": ts}, None)

    async def tell(
        self, channel: str, user: str, text: str, *, blocks: list[Json] | None = None, thread_ts: str | None = None
    ) -> None:
        """Say something that only this person sees."""
        arguments: Json = {"channel": channel, "user": user, "text": text}
        if blocks:
            arguments["blocks"] = blocks
        if thread_ts is not None:
            arguments["thread_ts"] = thread_ts
        await self._write("chat.postEphemeral", arguments)

    async def respond(
        self,
        url: str,
        text: str,
        *,
        blocks: list[Json] | None = None,
        replace: bool = False,
        thread_ts: str | None = None,
    ) -> None:
        """Answer privately where somebody pressed or typed (`response_url.py`). `replace`: in place of that."""
        body: Json = {"response_type": "ephemeral", "replace_original": replace, "text": text}
        if blocks:
            body["blocks"] = blocks
        if thread_ts is not None:
            body["thread_ts"] = thread_ts
        await answer_at(self._session(), url, body, proxy=self._web.proxy)

    async def unfurl(self, channel: str, ts: str, unfurls: Json) -> None:
        """Show something below the links in somebody's message, by address. Again, it is the same."""
        await self._write("chat.unfurl", {"channel": channel, "ts": ts, "unfurls": unfurls})

    async def open_view(self, trigger_id: str, view: Json) -> None:
        """Raises TooSlow three seconds after the click that `trigger_id` came with."""
        await self._write("views.open", {"trigger_id": trigger_id, "view": view})

    async def push_view(self, trigger_id: str, view: Json) -> None:
        """Put a view on top of the one in which `trigger_id` was pressed: three at most. Raises TooSlow."""
        await self._write("views.push", {"trigger_id": trigger_id, "view": view})

    async def update_view(self, view_id: str, seen: str, view: Json) -> str:
        """Change an open form, if it still is the one with the hash `seen`. Returns its new hash."""
        answer = await self._write("views.update", {"view_id": view_id, "hash": seen, "view": view})
        return str(answer["view"]["hash"])

    async def publish_home(self, user: str, view: Json, *, seen: str | None) -> str:
        """Put this on their home tab, if that still is the one with the hash `seen`; its hash then.

        Raises ViewChanged.
        """
        arguments: Json = {"user_id": user, "view": view}
        answer = await self._write("views.publish", {**arguments, "hash": seen} if seen else arguments)
        return str(answer["view"]["hash"])

    async def user(self, slack_user: str) -> Json:
        """Slack's record of a user, e-mail included."""
        return dict((await self._read("users.info", {"user": slack_user}))["user"])

    async def user_by_email(self, email: str) -> Json:
        """The same by their address. Raises MessageRefused: nobody has it."""
        return dict((await self._read("users.lookupByEmail", {"email": email}))["user"])

    async def open_direct(self, slack_user: str) -> str:
        """The channel of our conversation with this user. Safe to repeat. Raises MessageRefused: nobody writes them."""
        return str((await self._read("conversations.open", {"users": slack_user}))["channel"]["id"])

    async def is_member(self, channel: str, slack_user: str) -> bool:
        """Whether they are in it; True also where it has more people than we look through."""
        asked: Json = {"channel": channel, "limit": _MEMBERS}
        for _ in range(_MEMBER_PAGES):
            answer = await self._read("conversations.members", asked)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if slack_user in answer["members"] or not cursor:
                return slack_user in answer["members"]
            asked["cursor"] = cursor
        return True

    async def home(self) -> str:
        """The id of the workspace we are installed in."""
        return str((await self._who_we_are())["team_id"])

    async def site(self) -> str:
        """Where the workspace is on the web: "https://acme.slack.com/"."""
        return str((await self._who_we_are())["url"])

    async def _who_we_are(self) -> Json:
        if self._ourselves is None:
            self._ourselves = dict(await self._read("auth.test", {}))
        return self._ourselves

    async def messages_since(self, channel: str, oldest: float, *, visitor: Visitor = ANYBODY) -> AsyncIterator[Json]:
        """The channel's messages from this instant (seconds since 1970) on, with their metadata, newest first."""
        async for message in self._pages(Method.HISTORY, {"channel": channel, "oldest": f"{oldest:.6f}"}, visitor):
            yield message

    async def card_posted(self, owner_id: UUID, channel: str, oldest: float, *, visitor: Visitor) -> str | None:
        """The ts of the card of this ticket or conversation, if it was posted there since; see `searching.py`."""
        search = self._searches.get(channel)
        if search is None:
            search = self._searches[channel] = Search(
                lambda since, who: self.messages_since(channel, since, visitor=who)
            )
        return await search.find(owner_id, oldest, visitor)

    async def replies(self, channel: str, thread_ts: str, *, visitor: Visitor = ANYBODY) -> AsyncIterator[Json]:
        """The thread's messages with their metadata, oldest first."""
        async for message in self._pages(Method.REPLIES, {"channel": channel, "ts": thread_ts}, visitor):
            yield message

    async def upload(self, name: str, chunks: AsyncIterator[bytes], *, size: int) -> str:
        """Give Slack a file that stands nowhere yet: its id there. Safe to repeat: nobody sees the one before.

        Raises ChannelUnavailable, AccountRefused, MessageRefused.
        """
        place = await self._read("files.getUploadURLExternal", {"filename": name, "length": size})
        await self._transfer().put(str(place["upload_url"]), chunks, size=size)
        file_id = str(place["file_id"])
        try:
            await self._read("files.completeUploadExternal", {"files": json.dumps([{"id": file_id, "title": name}])})
        except MessageRefused as refused:
            if refused.vendor_code != _NO_FILE:
                raise
            # The bytes went to nowhere, or this was done already and its answer lost: another upload settles both.
            raise ChannelUnavailable("Slack does not have the file that it was given.", retry_after=1) from refused
        return file_id

    async def file_is_ready(self, slack_file: str) -> bool:
        """Whether Slack knows by now what it is, so that posts can show it. Raises FileGone."""
        return bool((await self._file(slack_file)).get("mimetype"))

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        """The file with this id, as `connectors.contract.FileSource` has it: a colleague put it in a thread or form."""
        async with self._transfer().fetch(await self._file(source), most=most) as opened:
            yield opened

    async def _file(self, slack_file: str) -> Json:
        try:
            return dict((await self._read("files.info", {"file": slack_file}))["file"])
        except MessageRefused as error:
            raise FileGone("The file is not in Slack any more.") from error

    def _transfer(self) -> FileTransfer:
        return FileTransfer(self._config, self._session(), self._web.proxy)

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        if self._web.session is not None:
            await self._web.session.close()

    async def _pages(self, method: Method, arguments: Json, visitor: Visitor) -> AsyncIterator[Json]:
        cursor = ""
        while True:
            page = {**arguments, "include_all_metadata": True, "limit": _PAGE}
            async with self.turn(method, arguments["channel"], visitor) as turn:
                turn.use()
                answer = await self._read(method, {**page, "cursor": cursor} if cursor else page)
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _in_turn(self, method: Method, arguments: Json, turn: Turn | None) -> Mapping[str, Any]:
        if turn is None:
            async with self.turn(method, arguments["channel"]) as turn:
                return await self._in_turn(method, arguments, turn)
        turn.use()
        return await self._write(method, arguments)

    async def _write(self, method: str, arguments: Json) -> Mapping[str, Any]:
        try:
            return await self._call(method, json=arguments)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChannelUnavailable("Slack cannot be reached: nothing was done.") from error
        except TimeoutError as error:
            raise Unanswered("Slack did not answer in time: it may still do it.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown("The connection broke before Slack answered: it may have done it.") from error

    async def _read(self, method: str, arguments: Json) -> Mapping[str, Any]:
        """Reading changes nothing that anybody sees, so whatever went wrong, it may be tried again."""
        try:
            return await self._call(method, http_verb="GET", params=arguments)
        except (aiohttp.ClientError, OSError, TimeoutError, OutcomeUnknown) as error:
            raise ChannelUnavailable("Slack cannot be reached.") from error

    def _session(self) -> aiohttp.ClientSession:
        if self._web.session is None:
            limits = aiohttp.ClientTimeout(total=self._config.timeout, connect=self._config.timeout / 2)
            connector = aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=_IDLE_SECONDS)
            self._web.session = aiohttp.ClientSession(timeout=limits, connector=connector)
        return self._web.session

    async def _call(self, method: str, **request: Any) -> Mapping[str, Any]:
        self._session()
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
