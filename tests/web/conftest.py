"""The web application on a real port, with an inbox in memory and WhatsApp switched on."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from emulators.server import Served
from tests.connectors.whatsapp.forms import AUTH_TOKEN, BASE, posted
from tests.fakes.channels import FakeConnector
from tests.fakes.inbox import FakeHealth, FakeInbox
from web.app import build


@dataclass
class Door:
    """What a test holds: an HTTP client outside, and what lies behind the door."""

    http: httpx.AsyncClient
    inbox: FakeInbox
    health: FakeHealth
    port: int

    async def post(
        self, path: str, form: Mapping[str, str], *, auth_token: str = AUTH_TOKEN, **headers: str
    ) -> httpx.Response:
        """`form` as Twilio posts it: signed for our public address, whatever the port it arrives on."""
        request = posted(BASE + path, form, auth_token=auth_token)
        return await self.http.post(path, content=request.body, headers={**request.headers, **headers})


async def slack(request: Request) -> Response:
    """Stands for Slack's handler: reads the body itself, as the real one does."""
    return JSONResponse({"bytes": len(await request.body()), "type": request.headers["content-type"]})


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    inbox, health = FakeInbox(), FakeHealth()
    whatsapp = WhatsAppConnector(WhatsAppConfig("AC1", AUTH_TOKEN, BASE))
    app = build(
        webhooks={"whatsapp": whatsapp, "fake": FakeConnector()},
        inbox=inbox,
        health=health,
        public_base_url=BASE + "/",
        slack=slack,
    )
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        yield Door(http, inbox, health, served.port)
