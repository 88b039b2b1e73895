"""The bot's only calls to Slack, each named for what it does. How a call goes, and fails: `bot/calls.py`.

Calls that nobody waits for take turns (`bot/pacing.py`); whoever has something to read between turn and call takes the
turn first (`turn`), and the others need not know of it.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from bot.calls import Calls
from bot.config import SlackConfig
from bot.file_transfer import FileTransfer
from bot.pacing import ANYBODY, Method, Turn, Turnstile, Visitor
from bot.refusals import CardGone
from bot.response_url import answer_at
from bot.searching import Search
from bot.wire import Json
from connectors.contract import OpenFile
from core.errors import ChannelUnavailable, FileGone, MessageRefused

_NO_FILE = "file_not_found"
_MEMBERS, _MEMBER_PAGES = 1000, 5  # of a channel


class Slack:
    """One workspace. Opens its connections with the first call, in the running loop; `close` ends them.

    Every method raises leaves of ChannelError: ChannelUnavailable (it did not happen), OutcomeUnknown (it may have),
    AccountRefused (an admin must act), MessageRefused and its leaves (this will never pass). Without `turns` it keeps
    to no limits of its own.
    """

    def __init__(self, config: SlackConfig, *, turns: Turnstile | None = None) -> None:
        self._config = config
        self._calls = Calls(config, turns)
        self._ourselves: Json | None = None
        self._searches: dict[str, Search] = {}

    def turn(self, method: Method, channel: str, visitor: Visitor = ANYBODY) -> AbstractAsyncContextManager[Turn]:
        """The right to one call. Raises Throttled. A turn that is not used is for the next one."""
        return self._calls.turn(method, channel, visitor)

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
        return str((await self._calls.in_turn(Method.POST, arguments, turn))["ts"])

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
            await self._calls.in_turn(Method.UPDATE, arguments, turn)
        except CardGone:
            if (search := self._searches.get(channel)) is not None:
                search.forget(ts)
            raise

    async def delete(self, channel: str, ts: str) -> None:
        """Raises CardGone where there is nothing of ours."""
        await self._calls.in_turn(Method.DELETE, {"channel": channel, "ts": ts}, None)

    async def tell(
        self, channel: str, user: str, text: str, *, blocks: list[Json] | None = None, thread_ts: str | None = None
    ) -> None:
        """Say something that only this person sees."""
        arguments: Json = {"channel": channel, "user": user, "text": text}
        if blocks:
            arguments["blocks"] = blocks
        if thread_ts is not None:
            arguments["thread_ts"] = thread_ts
        await self._calls.write("chat.postEphemeral", arguments)

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
        await answer_at(self._calls.session(), url, body, proxy=self._calls.proxy)

    async def unfurl(self, channel: str, ts: str, unfurls: Json) -> None:
        """Show something below the links in somebody's message, by address. Again, it is the same."""
        await self._calls.write("chat.unfurl", {"channel": channel, "ts": ts, "unfurls": unfurls})

    async def open_view(self, trigger_id: str, view: Json) -> None:
        """Raises TooSlow three seconds after the click that `trigger_id` came with."""
        await self._calls.write("views.open", {"trigger_id": trigger_id, "view": view})

    async def push_view(self, trigger_id: str, view: Json) -> None:
        """Put a view on top of the one in which `trigger_id` was pressed: three at most. Raises TooSlow."""
        await self._calls.write("views.push", {"trigger_id": trigger_id, "view": view})

    async def update_view(self, view_id: str, seen: str, view: Json) -> str:
        """Change an open form, if it still is the one with the hash `seen`. Returns its new hash."""
        answer = await self._calls.write("views.update", {"view_id": view_id, "hash": seen, "view": view})
        return str(answer["view"]["hash"])

    async def publish_home(self, user: str, view: Json, *, seen: str | None) -> str:
        """Put this on their home tab, if that still is the one with the hash `seen`; its hash then.

        Raises ViewChanged.
        """
        arguments: Json = {"user_id": user, "view": view}
        answer = await self._calls.write("views.publish", {**arguments, "hash": seen} if seen else arguments)
        return str(answer["view"]["hash"])

    async def user(self, slack_user: str) -> Json:
        """Slack's record of a user, e-mail included."""
        return dict((await self._calls.read("users.info", {"user": slack_user}))["user"])

    async def user_by_email(self, email: str) -> Json:
        """The same by their address. Raises MessageRefused: nobody has it."""
        return dict((await self._calls.read("users.lookupByEmail", {"email": email}))["user"])

    async def open_direct(self, slack_user: str) -> str:
        """The channel of our conversation with this user. Safe to repeat. Raises MessageRefused: nobody writes them."""
        return str((await self._calls.read("conversations.open", {"users": slack_user}))["channel"]["id"])

    async def is_member(self, channel: str, slack_user: str) -> bool:
        """Whether they are in it; True also where it has more people than we look through."""
        asked: Json = {"channel": channel, "limit": _MEMBERS}
        for _ in range(_MEMBER_PAGES):
            answer = await self._calls.read("conversations.members", asked)
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
            self._ourselves = dict(await self._calls.read("auth.test", {}))
        return self._ourselves

    async def messages_since(self, channel: str, oldest: float, *, visitor: Visitor = ANYBODY) -> AsyncIterator[Json]:
        """The channel's messages from this instant (seconds since 1970) on, with their metadata, newest first."""
        since: Json = {"channel": channel, "oldest": f"{oldest:.6f}"}
        async for message in self._calls.pages(Method.HISTORY, since, visitor):
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
        async for message in self._calls.pages(Method.REPLIES, {"channel": channel, "ts": thread_ts}, visitor):
            yield message

    async def upload(self, name: str, chunks: AsyncIterator[bytes], *, size: int) -> str:
        """Give Slack a file that stands nowhere yet: its id there. Safe to repeat: nobody sees the one before.

        Raises ChannelUnavailable, AccountRefused, MessageRefused.
        """
        place = await self._calls.read("files.getUploadURLExternal", {"filename": name, "length": size})
        await self._transfer().put(str(place["upload_url"]), chunks, size=size)
        file_id = str(place["file_id"])
        try:
            await self._calls.read(
                "files.completeUploadExternal", {"files": json.dumps([{"id": file_id, "title": name}])}
            )
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
            return dict((await self._calls.read("files.info", {"file": slack_file}))["file"])
        except MessageRefused as error:
            raise FileGone("The file is not in Slack any more.") from error

    def _transfer(self) -> FileTransfer:
        return FileTransfer(self._config, self._calls.session(), self._calls.proxy)

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        await self._calls.close()
