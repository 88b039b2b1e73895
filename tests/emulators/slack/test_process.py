"""The emulator in a process of its own, driven over `/_emulator/…`, and the small server under all emulators."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import Workspace
from tests.emulators.slack.conftest import App, button, card, modal, text_input


class Remote:
    """The control API of an emulator somewhere else."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self.url = http, url

    async def do(self, deed: str, expect: int = 200, **body: Any) -> Any:
        async with self._http.post(f"{self.url}/_emulator/{deed}", json=body) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def see(self, what: str, **query: str) -> Any:
        async with self._http.get(f"{self.url}/_emulator/{what}", params=query) as response:
            assert response.status == 200, await response.text()
            return await (response.json() if response.content_type == "application/json" else response.text())


@contextlib.asynccontextmanager
async def emulator(*options: str) -> AsyncIterator[Remote]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.slack", *options), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        assert line.startswith("listening on http://127.0.0.1:")
        async with aiohttp.ClientSession(trust_env=False) as http:
            yield Remote(http, line.split()[-1])
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_another_process_can_play_the_people() -> None:
    app = App()
    async with Served(app.asgi()) as served:
        options = ("--no-limits", "--no-echoes", "--events-url", served.url + "/slack/events")
        async with emulator(*options, "--bot-token", "xoxb-mine") as remote:
            user = await remote.do("users", name="ana", email="ana@example.com")
            room = (await remote.do("channels", name="desk", members=["ana"]))["id"]
            client = AsyncWebClient(token="xoxb-mine", base_url=remote.url + "/api/")
            ts = (await client.chat_postMessage(channel=room, text="c", blocks=card(button("claim"))))["ts"]

            said = await remote.do("say", user="ana", channel=room, text="hi", thread_ts=ts)
            assert said["attempts"][0]["status"] == 200
            done = await remote.do("press", user="ana@example.com", channel="desk", ts=ts, action_id="claim")
            assert (done["outcome"], done["status"]) == ("acknowledged", 200)
            gone = await remote.do("press", expect=409, user="ana", channel=room, ts=ts, action_id="none")
            assert gone["error"] == "NoSuchButton"
            nobody = await remote.do("say", expect=400, user="nobody", channel=room, text="hi")
            assert nobody["error"] == "KeyError"

            assert len((await remote.see("thread", channel=room, ts=ts))["messages"]) == 2
            assert "[Claim]" in await remote.see("text", channel=room, ts=ts)
            calls = await remote.see("calls", method="chat.postMessage")
            assert calls["calls"][0]["answer"]["ts"] == ts
            assert (await remote.see("calls", after=str(calls["total"])))["calls"] == []
            assert user["profile"]["email"] == "ana@example.com"


@pytest.mark.long
async def test_faults_and_settings_can_be_given_from_outside() -> None:
    async with emulator("--no-limits") as remote:
        room = (await remote.do("channels", name="desk"))["id"]
        client = AsyncWebClient(token="xoxb-emulated-bot-token", base_url=remote.url + "/api/")
        assert (await remote.do("faults", method="chat.postMessage", error="fatal_error", times=1))["left"] == 1
        with pytest.raises(Exception, match="fatal_error"):
            await client.chat_postMessage(channel=room, text="x")
        await client.chat_postMessage(channel=room, text="x")
        assert (await remote.do("configure", limits=True))["limits"] is True
        assert (await remote.do("idle", timeout=1)) == {"idle": True}


@pytest.mark.long
async def test_a_form_is_filled_in_from_outside() -> None:
    space = Workspace(limits=False)
    ana = space.add_user("ana")
    async with space.serve() as slack, aiohttp.ClientSession(trust_env=False) as http:
        remote = Remote(http, slack.url)
        client = AsyncWebClient(token=space.bot_token, base_url=slack.url + "/api/")
        await client.views_open(trigger_id=space.trigger(ana.id), view=modal(text_input()))
        (view,) = (await remote.see("modals", user="ana"))["views"]
        refused = await remote.do("submit", expect=409, user="ana", view_id=view["id"], values={})
        assert refused["errors"] == {"words": "Please complete this required field."}
        assert "╭─ Reply" in await remote.see("text", user="ana")


class TestServed:
    async def test_it_listens_when_entered_and_no_longer_when_left(self) -> None:
        space = Workspace()
        async with Served(lambda *_: None) as served:
            reader, writer = await asyncio.open_connection(served.host, served.port)
            writer.close()
            assert reader is not None
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(served.host, served.port)
        assert space.calls == []

    async def test_a_taken_port_is_an_oserror(self) -> None:
        async with Served(lambda *_: None) as served:
            with pytest.raises(OSError, match="in use"):
                Served(lambda *_: None, port=served.port)

    async def test_it_stops_promptly_while_a_client_keeps_its_connection(self) -> None:
        space = Workspace()
        async with aiohttp.ClientSession(trust_env=False) as http:
            async with space.serve() as slack:
                async with http.get(slack.url + "/_emulator/workspace") as response:
                    assert response.status == 200
                    await response.read()
                started = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - started < 1.0
