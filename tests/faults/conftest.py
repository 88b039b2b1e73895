"""The product's clients against emulated providers, directly or through a bad network; and the journeys' stage."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.client import Slack
from bot.config import SlackConfig
from connectors.telegram import TelegramConfig, TelegramConnector
from connectors.whatsapp import WhatsAppConfig
from connectors.whatsapp.client import TwilioClient
from core.ids import new_id
from core.messages import Outbound
from emulators import telegram as telegram_api
from emulators.proxy import Proxy
from emulators.slack import Channel, Workspace
from emulators.twilio import Account, running
from tests.journey.conftest import brain, stage

__all__ = ["brain", "stage"]
MIA = "whatsapp:+4915112345678"


@dataclass(frozen=True, slots=True)
class SlackSide:
    workspace: Workspace
    channel: Channel
    client: Slack

    async def send(self) -> str:
        mark = {"event_type": "test", "event_payload": {}}
        return await self.client.post(self.channel.id, "hello", [], metadata=mark)

    def done(self) -> int:
        """How many messages really stand there."""
        return len(self.workspace.channel_messages(self.channel))


@dataclass(frozen=True, slots=True)
class TwilioSide:
    account: Account
    client: TwilioClient

    async def send(self) -> str:
        sent = await self.client.create({"from_": self.account.sender, "to": MIA, "body": "hello"})
        assert sent.provider_id is not None
        return sent.provider_id

    def done(self) -> int:
        return len(self.account.messages)


@dataclass(frozen=True, slots=True)
class TelegramSide:
    bot: telegram_api.BotAccount
    mia: telegram_api.Customer
    connector: TelegramConnector

    async def send(self) -> str:
        message = Outbound(new_id(), str(self.bot.id), str(self.mia.id), "hello")
        return (await self.connector.send(message)).provider_id

    async def fetch(self, content: bytes) -> bytes:
        """A file that Mia sends, as we get it."""
        written = self.mia.document(content, "a.txt")
        async with self.connector.fetch(written.update.content["document"]["file_id"], most=10**6) as file:
            return b"".join([chunk async for chunk in file.chunks])

    def done(self) -> int:
        return len(self.mia.inbox)


@pytest.fixture
def patience() -> float:
    """Seconds our clients wait; a test that wants them impatient has another."""
    return 10.0


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    workspace = Workspace(limits=False)
    workspace.add_user("mia", "mia@desk.example")
    workspace.add_channel("support")
    async with workspace.serve():
        yield workspace


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    async with running(Account(limits=False)) as account:
        yield account


@pytest.fixture
async def slack_network(workspace: Workspace) -> AsyncIterator[Proxy]:
    async with Proxy("127.0.0.1", int(workspace.base_url.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture
async def twilio_network(account: Account) -> AsyncIterator[Proxy]:
    async with Proxy("127.0.0.1", int(account.url.rpartition(":")[2])) as proxy:
        yield proxy


@pytest.fixture
async def slack(workspace: Workspace, slack_network: Proxy, patience: float) -> AsyncIterator[SlackSide]:
    """Our client of Slack, with a network before Slack that is good until a test makes it bad."""
    url = f"{slack_network.url}/api/"
    client = Slack(SlackConfig(workspace.bot_token, workspace.signing_secret, api_url=url, timeout=patience))
    yield SlackSide(workspace, workspace.channel("support"), client)
    await client.close()


@pytest.fixture
async def twilio(account: Account, twilio_network: Proxy, patience: float) -> AsyncIterator[TwilioSide]:
    """Our client of Twilio, with such a network as well."""
    client = TwilioClient(
        WhatsAppConfig(
            account.account_sid,
            account.auth_token,
            "https://desk.example.com",
            api_url=twilio_network.url,
            timeout=patience,
        )
    )
    yield TwilioSide(account, client)
    await client.close()


@pytest.fixture
async def telegram(patience: float) -> AsyncIterator[TelegramSide]:
    """Our connector of Telegram, and a customer who has pressed Start."""
    async with telegram_api.running(telegram_api.BotAccount(limits=False)) as bot:
        mia = bot.customer(name="Mia")
        mia.start()
        config = TelegramConfig(bot.token, "https://desk.example.com", api_url=bot.url, timeout=patience)
        connector = TelegramConnector(config)
        yield TelegramSide(bot, mia, connector)
        await connector.close()
