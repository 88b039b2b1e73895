"""One bot, and the real python-telegram-bot pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import telegram
from telegram.request import HTTPXRequest

from emulators.server import Served
from emulators.telegram import BotAccount, Customer, running
from tests.emulators.telegram.receiver import Receiver


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with Served(receiver) as served:
        receiver.url = f"{served.url}/hooks/telegram"
        yield receiver


@pytest.fixture
async def bot(clock: Clock) -> AsyncIterator[BotAccount]:
    async with running(BotAccount(clock=clock, retry_pause=0)) as bot:
        yield bot


@asynccontextmanager
async def _connected(bot: BotAccount) -> AsyncIterator[telegram.Bot]:
    # Nothing here is encrypted, and reading the machine's certificates takes longer than a test.
    calls, polls = (HTTPXRequest(httpx_kwargs={"verify": False, "trust_env": False}) for _ in range(2))
    made = telegram.Bot(
        bot.token, base_url=bot.base_url, base_file_url=bot.base_file_url, request=calls, get_updates_request=polls
    )
    # Not `async with made`, which would begin with getMe each time.
    async with calls, polls:
        yield made


@pytest.fixture
async def sdk(bot: BotAccount) -> AsyncIterator[telegram.Bot]:
    async with _connected(bot) as made:
        yield made


@pytest.fixture
async def other_sdk(bot: BotAccount) -> AsyncIterator[telegram.Bot]:
    """A second process with the same token: one Bot asks for updates one at a time."""
    async with _connected(bot) as made:
        yield made


@pytest.fixture
def mia(bot: BotAccount) -> Customer:
    return bot.customer(name="Mia Klein", username="mia", language="de")
