"""Files between Slack and us: previews sent there, colleagues' files fetched, and whatever breaks on the way."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.client import Slack
from bot.config import SlackConfig
from bot.file_transfer import FileTransfer
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, FileGone, FileTooLarge
from emulators.slack import Channel, Person, Upload, Workspace
from emulators.slack.faults import MENU


def a_png() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(drawn, "PNG")
    return drawn.getvalue()


PICTURE = a_png()


async def chunks(content: bytes = PICTURE) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 40):
        yield content[at : at + 40]


async def shared(mia: Person, support: Channel, name: str = "bill.pdf", content: bytes = b"%PDF" * 50_000) -> str:
    said = await mia.share(support, [Upload(name, content)])
    return str(said.message["files"][0]["id"])


async def fetched(slack: Slack, file_id: str, most: int = 10_000_000) -> bytes:
    async with slack.fetch(file_id, most=most) as opened:
        return b"".join([chunk async for chunk in opened.chunks])


class TestUpload:
    async def test_a_file_that_was_sent_can_be_shown(self, workspace: Workspace, slack: Slack) -> None:
        file_id = await slack.upload("cup.png", chunks(), size=len(PICTURE))
        assert await slack.file_is_ready(file_id)
        (file,) = workspace.files
        assert (file.content, file.name, file.shares) == (PICTURE, "cup.png", {})

    async def test_whatever_goes_wrong_it_may_be_tried_again(self, workspace: Workspace, slack: Slack) -> None:
        for step in ("files.getUploadURLExternal", "upload", "files.completeUploadExternal"):
            for kind in MENU.keys() - {"slow"}:
                # An address that only takes octets has no such answers.
                if step == "upload" and (kind == "truncated" or MENU[kind].error is not None):
                    continue
                workspace.faults.add(step, kind, times=2)  # a GET on an old connection is made again by itself
                with pytest.raises(ChannelUnavailable):
                    await slack.upload("cup.png", chunks(), size=len(PICTURE))
                workspace.faults.clear()
        workspace.faults.next("files.completeUploadExternal", error="file_not_found")
        with pytest.raises(ChannelUnavailable):
            await slack.upload("cup.png", chunks(), size=len(PICTURE))
        await slack.upload("cup.png", chunks(), size=len(PICTURE))

    async def test_one_that_is_still_being_looked_at_is_not_ready(self, workspace: Workspace, slack: Slack) -> None:
        workspace.files.processing = float("inf")
        file_id = await slack.upload("cup.png", chunks(), size=len(PICTURE))
        assert not await slack.file_is_ready(file_id)
        with pytest.raises(FileGone):
            await slack.file_is_ready("F00000000")

    async def test_without_the_scope_an_admin_is_told_which(self, workspace: Workspace, slack: Slack) -> None:
        workspace.scopes -= {"files:write"}
        with pytest.raises(AccountRefused, match="files:write"):
            await slack.upload("cup.png", chunks(), size=len(PICTURE))


def gone(workspace: Workspace, file_id: str) -> None:
    file = workspace.files.find(file_id)
    assert file is not None
    workspace.files.remove(file)


def unreadable(workspace: Workspace, _: str) -> None:
    workspace.scopes -= {"files:read"}


class TestFetch:
    async def test_what_a_colleague_shared_comes_octet_by_octet(
        self, slack: Slack, mia: Person, support: Channel
    ) -> None:
        file_id = await shared(mia, support)
        assert await fetched(slack, file_id) == b"%PDF" * 50_000
        page = await shared(mia, support, "page.html", b"<html>a page of hers</html>")
        assert await fetched(slack, page) == b"<html>a page of hers</html>"

    async def test_one_that_is_too_large_is_refused_before_a_byte_is_read(
        self, workspace: Workspace, slack: Slack, mia: Person, support: Channel
    ) -> None:
        with pytest.raises(FileTooLarge):
            await fetched(slack, await shared(mia, support), most=1000)
        assert workspace.calls_of("download") == []

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            ({"status": 429}, ChannelUnavailable),
            ({"status": 503}, ChannelUnavailable),
            ({"reset": True}, ChannelUnavailable),
            ({"drop_reply": True}, ChannelUnavailable),
            ({"cut_answer": True}, ChannelUnavailable),
            ({"truncated": True}, ChannelUnavailable),
            ({"status": 404}, FileGone),
            ({"status": 401}, AccountRefused),
            ({"error": "a page to log in with"}, AccountRefused),
        ],
    )
    async def test_each_way_to_fail_is_named_by_what_to_do_next(
        self,
        workspace: Workspace,
        slack: Slack,
        mia: Person,
        support: Channel,
        fault: dict[str, Any],
        error: type[ChannelError],
    ) -> None:
        file_id = await shared(mia, support)
        workspace.faults.next("download", times=2, **fault)  # a GET on an old connection is made again by itself
        with pytest.raises(error):
            await fetched(slack, file_id)
        workspace.faults.clear()
        assert len(await fetched(slack, file_id)) == 200_000

    @pytest.mark.parametrize(("change", "error"), [(gone, FileGone), (unreadable, AccountRefused)])
    async def test_one_that_is_not_there_or_not_for_us_is_told_apart(
        self,
        workspace: Workspace,
        slack: Slack,
        mia: Person,
        support: Channel,
        change: Callable[[Workspace, str], None],
        error: type[ChannelError],
    ) -> None:
        file_id = await shared(mia, support)
        change(workspace, file_id)
        with pytest.raises(error):
            await fetched(slack, file_id)

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/files-pri/T1-F1/a.pdf",
            "https://slack.com.evil.example/a.pdf",
            "http://files.slack.com/a.pdf",
            "https://files.slack.com:8443/a.pdf",
            "https://files.slack.com@evil.example/a.pdf",
            "http://127.0.0.1:1/a.pdf",
            "https://files.slack.com:99999/a.pdf",
            "https://[files.slack.com/a.pdf",
        ],
    )
    async def test_the_token_goes_to_slacks_own_hosts_only(self, config: SlackConfig, url: str) -> None:
        async with _transfer(config) as transfer:
            with pytest.raises(FileGone, match="outside"):
                async with transfer.fetch({"url_private": url, "size": 3}, most=10):
                    pass


@asynccontextmanager
async def _transfer(config: SlackConfig) -> AsyncIterator[FileTransfer]:
    async with aiohttp.ClientSession() as session:
        yield FileTransfer(config, session, None)
