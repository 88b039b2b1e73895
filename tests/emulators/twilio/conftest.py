"""One account, its desk, and the real SDK pointed at them."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from emulators.server import Served
from emulators.twilio import Account, running
from tests.emulators.twilio.clock import Clock
from tests.emulators.twilio.receiver import Receiver

TEMPLATE = "HX" + "1" * 32
SERVICE = "MG" + "2" * 32


class LocalHttp(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The SDK's own client with every host replaced by the emulator's: it has no base_url."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    async def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        local = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc).geturl()
        return await super().request(method, local, *rest, **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with Served(receiver) as served:
        receiver.url = served.url
        yield receiver


@pytest.fixture
async def account(receiver: Receiver, clock: Clock) -> AsyncIterator[Account]:
    account = Account(
        webhook_url=f"{receiver.url}/whatsapp",
        templates={TEMPLATE: "Hello {{1}}, your parcel {{parcel}} is here"},
        services={SERVICE: "+14155238886"},
        clock=clock,
    )
    account.callbacks.always(pace=0)
    async with running(account):
        yield account


@pytest.fixture
async def sdk(account: Account) -> AsyncIterator[Client]:
    http = LocalHttp(account.url)
    yield Client(account.account_sid, account.auth_token, http_client=http)
    await http.close()


@pytest.fixture
def status_url(receiver: Receiver) -> str:
    return f"{receiver.url}/status?tenant=1&t=a%20b"
