"""The bot as a process of its own, driven through `/_emulator`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from emulators.server import Served
from tests.emulators.telegram.receiver import Receiver

TOKEN = "1234567890:AAtoken"
MIA = 5000000001


class Driven:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def api(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self.url}/bot{TOKEN}/{method}", json=params) as answer:
            return await answer.json()

    async def do(self, path: str, **body: Any) -> Any:
        async with self._session.post(f"{self.url}/_emulator/{path}", json=body) as answer:
            return await answer.json()

    async def see(self, path: str) -> Any:
        async with self._session.get(f"{self.url}/_emulator{path}") as answer:
            return await answer.json()


@asynccontextmanager
async def _process() -> AsyncIterator[Driven]:
    arguments = ("-m", "emulators.telegram", "--token", TOKEN, "--no-limits")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    url = said.split()[3].rstrip(",")
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield Driven(session, url)
    process.terminate()
    assert await process.wait() == 0


async def test_people_write_faults_are_laid_out_and_everything_can_be_seen() -> None:
    async with _process() as driven:
        await _people_write(driven)
        await _things_go_wrong(driven)


async def _people_write(driven: Driven) -> None:
    receiver = Receiver()
    async with Served(receiver) as served:
        await driven.api("setWebhook", url=served.url)
        who = {"from": MIA, "name": "Mia Klein"}
        written = await driven.do("write", **who, text="hi")
        await driven.do("send", **who, kind="document", arguments={"size": 10, "name": "a.pdf"})
        await driven.do("edit", **who, message_id=written["message_id"], text="hello")
        asked = await driven.api(
            "sendMessage",
            chat_id=MIA,
            text="Better?",
            reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]},
        )
        await driven.do("press", **who, message_id=asked["result"]["message_id"], button="Yes")
        await driven.do("block", **who)
        await driven.do("settle")
        assert [next(kind for kind in update if kind != "update_id") for update in receiver.posted] == [
            "message", "message", "edited_message", "callback_query", "my_chat_member",
        ]  # fmt: skip
        assert (await driven.api("sendMessage", chat_id=MIA, text="x"))["error_code"] == 403
        await driven.do("unblock", **who)
        await driven.do("settle")
    screen = (await driven.see(f"/phones/{MIA}"))["screen"]
    assert [(shown["text"], shown["kind"], shown["mine"]) for shown in screen] == [
        ("hello", "text", True), ("", "document", True), ("Better?", "text", False),
    ]  # fmt: skip
    assert len((await driven.see("/deliveries"))["deliveries"]) == 6
    assert [call["status"] for call in (await driven.see("/calls?operation=sendMessage"))["calls"]] == [200, 403]
    assert (await driven.see(""))["pending"] == 0


async def _things_go_wrong(driven: Driven) -> None:
    await driven.do("faults", operation="getMe", kind="too_many_requests")
    await driven.do("faults", operation="getMe", status=409, times=2)
    codes = [(await driven.api("getMe")).get("error_code") for _ in range(4)]
    assert codes == [429, 409, 409, None]
    happened = await driven.do("chaos", calls={"seed": 1, "share": 1.0, "only": ["internal_error"]})
    assert happened["calls"]["conflict"] == 2
    assert (await driven.api("getMe"))["error_code"] == 500
    await driven.do("chaos", calls=None)
    assert (await driven.api("getMe"))["ok"]
    assert not (await driven.do("write", **{"from": MIA}))["ok"]
    assert not (await driven.do("send", **{"from": MIA}, kind="telepathy"))["ok"]
