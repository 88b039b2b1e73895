"""One emulated Twilio account with a clock of its own, and the connector pointed at it."""

from collections.abc import AsyncIterator

import pytest

from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from emulators.twilio import Account, running
from tests.connectors.whatsapp.forms import BASE
from tests.emulators.twilio.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def account(clock: Clock) -> AsyncIterator[Account]:
    account = Account(clock=clock)
    account.callbacks.always(pace=0)
    async with running(account):
        yield account


@pytest.fixture
def config(account: Account) -> WhatsAppConfig:
    return WhatsAppConfig(account.account_sid, account.auth_token, BASE, api_url=account.url, timeout=5)


@pytest.fixture
async def connector(config: WhatsAppConfig) -> AsyncIterator[WhatsAppConnector]:
    connector = WhatsAppConnector(config)
    yield connector
    await connector.close()
