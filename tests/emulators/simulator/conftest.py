"""A simulator of Ana's workspace, Carl's WhatsApp and Mia's Telegram, before an application that notes what it gets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from emulators import telegram
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.server import Served
from emulators.simulator import Mailboxes, Simulator
from emulators.slack import Channel, Person, Workspace
from emulators.twilio import Account, Customer, running


@dataclass(slots=True)
class Desk:
    """What the application has been sent: path, headers, body."""

    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)  # to interactions; {} when it runs out

    def asgi(self) -> FastAPI:
        web = FastAPI()

        @web.post("/{path:path}")
        async def receive(request: Request) -> Response:
            self.requests.append((request.url.path, dict(request.headers), await request.body()))
            if request.url.path == "/slack" and self.answers:
                return JSONResponse(self.answers.pop(0))
            return Response("")

        return web


@dataclass(frozen=True, slots=True)
class Scene:
    desk: Desk
    desk_url: str
    workspace: Workspace
    account: Account
    channel: Channel
    ana: Person
    carl: Customer
    bot: telegram.BotAccount
    mia: telegram.Customer
    mail: MailServer
    url: str
    page: httpx.AsyncClient

    async def do(self, deed: str, **body: Any) -> httpx.Response:
        """What the page's own script does."""
        return await self.page.post(f"/do/{deed}", json=body, headers={"Origin": self.url})

    async def facts(self) -> dict[str, Any]:
        return dict((await self.page.get("/facts")).json()["facts"])


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    desk = Desk()
    async with Served(desk.asgi()) as served:
        workspace = Workspace(events_url=f"{served.url}/slack", limits=False, retry_delays=())
        ana = workspace.add_user("ana", real_name="Ana")
        channel = workspace.add_channel("desk")
        async with workspace.serve(), running(Account(webhook_url=f"{served.url}/whatsapp")) as account:
            carl = account.customer("+14155550111", name="Carl")
            async with (
                telegram.running(
                    telegram.BotAccount(webhook_url=f"{served.url}/telegram", secret_token="s3cret")
                ) as bot,
                running_mail(MailServer()) as mail,
                Simulator(workspace, account, bot, mail=Mailboxes(mail, "Desk <desk@shop.example>")).serve() as page,
                httpx.AsyncClient(base_url=page.url, verify=False, trust_env=False) as client,
            ):
                mia = bot.customer(name="Mia")
                yield Scene(desk, served.url, workspace, account, channel, ana, carl, bot, mia, mail, page.url, client)
