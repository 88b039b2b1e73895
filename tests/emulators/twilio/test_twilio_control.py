"""The account as another process drives it."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from twilio.rest import Client

from emulators.twilio import Account
from tests.emulators.twilio.conftest import LocalHttp
from tests.emulators.twilio.receiver import Receiver

MIA = "+49151000111"
ROOT = Path(__file__).parents[3]


class Remote:
    """A process elsewhere that knows the emulator's URL only."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def __call__(self, method: str, path: str = "", body: object = None, *, expect: int = 200) -> dict[str, Any]:
        async with self._session.request(method, f"{self._url}/_emulator{path}", json=body) as answer:
            shown: dict[str, Any] = await answer.json()
            assert answer.status == expect, shown
            return shown


@pytest.fixture
async def remote(account: Account) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield Remote(session, account.url)


class TestControl:
    async def test_writing_and_looking_at_the_phone(
        self, remote: Remote, sdk: Client, receiver: Receiver, account: Account
    ) -> None:
        written = await remote(
            "POST", "/write", {"from": MIA, "name": "Mia", "text": "hi", "copies": 2, "extra": {"New": "1"}}
        )
        assert (written["status"], len(written["deliveries"])) == (200, 2)
        assert receiver.posted[0].form["New"] == "1"
        await sdk.messages.create_async(from_=account.sender, to=f"whatsapp:{MIA}", body="hello")
        await remote("POST", "/settle")
        phone = await remote("GET", f"/phones/{MIA}")
        assert (phone["name"], [message["body"] for message in phone["inbox"]]) == ("Mia", ["hello"])
        read = await remote("POST", f"/phones/{MIA}/read")
        assert [message["status"] for message in read["read"]] == ["read"]

    async def test_calls_are_listed_and_forgotten(self, remote: Remote, sdk: Client) -> None:
        await sdk.messages.list_async()
        assert [call["status"] for call in (await remote("GET", "/calls?operation=messages.list"))["calls"]] == [200]
        assert (await remote("GET", "/calls?operation=messages.create"))["calls"] == []
        await remote("DELETE", "/calls")
        assert (await remote("GET", "/calls"))["calls"] == []

    async def test_faults_scripts_and_bad_numbers(self, remote: Remote, account: Account) -> None:
        await remote("POST", "/faults", {"operation": "messages.create", "status": 500, "times": 2})
        await remote("POST", "/callbacks", {"next": {"order": ["delivered", "sent"]}, "always": {"copies": 2}})
        await remote("POST", "/undeliverable", {"number": MIA, "code": 63024})
        await remote("POST", "/opt-out", {"number": MIA})
        fault = account.faults.take("messages.create")
        assert fault is not None
        assert fault.status == 500
        assert account.callbacks.take().order == ("delivered", "sent")
        assert account.callbacks.take().copies == 2
        assert account.setup.unreachable == {f"whatsapp:{MIA}": 63024}
        assert account.setup.opted_out == {f"whatsapp:{MIA}"}

    async def test_files_and_templates(self, remote: Remote, account: Account, receiver: Receiver) -> None:
        photo = {"content_type": "image/png", "data": "UE5H", "size": 5}
        written = await remote("POST", "/write", {"from": MIA, "media": [photo, ["http://x.example/1", "audio/ogg"]]})
        assert receiver.posted[0].form["NumMedia"] == "2"
        url = f"{account.url}/_emulator/messages/{written['sid']}/files/0"
        async with aiohttp.ClientSession(trust_env=False) as session, session.get(url) as answer:
            assert (answer.content_type, await answer.read()) == ("image/png", b"PNG\x00\x01")
        assert (await remote("GET", "/downloads"))["downloads"] == []
        made = await remote(
            "POST", "/templates", {"name": "ask", "body": "Well?", "buttons": ["Yes"], "status": "paused"}
        )
        assert account.setup.templates[made["sid"]].buttons == (("Yes", "Yes"),)

    async def test_settings_can_follow_once_ports_are_known(self, remote: Remote, account: Account) -> None:
        state = await remote("PATCH", body={"webhook_url": "http://127.0.0.1:1/w", "limits": False})
        assert (state["webhook_url"], state["limits"]) == ("http://127.0.0.1:1/w", False)
        assert (account.webhook_url, account.setup.limits) == ("http://127.0.0.1:1/w", False)

    async def test_nonsense_is_explained(self, remote: Remote, account: Account) -> None:
        assert "from" in (await remote("POST", "/write", {"text": "hi"}, expect=400))["error"]
        assert "wings" in (await remote("POST", "/faults", {"operation": "x", "wings": 2}, expect=400))["error"]
        assert "clock" in (await remote("PATCH", body={"clock": 1}, expect=400))["error"]
        account.webhook_url = None
        assert "webhook" in (await remote("POST", "/write", {"from": MIA}, expect=400))["error"]


class TestAlone:
    async def test_it_runs_as_a_process_of_its_own_until_terminated(self, receiver: Receiver) -> None:
        sid, token = "AC" + "a" * 32, "secret"
        arguments = ["--webhook-url", f"{receiver.url}/w", "--account-sid", sid, "--auth-token", token, "--no-limits"]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "emulators.twilio", *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().split()[3].rstrip(",")
        async with aiohttp.ClientSession(trust_env=False) as session:
            await Remote(session, url)("POST", "/write", {"from": MIA, "text": "hi"})
            http = LocalHttp(url)
            listed = await Client(sid, token, http_client=http).messages.list_async()
            await http.close()
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        assert [message.body for message in listed] == ["hi"]
        assert receiver.posted[0].signed_with(token)
