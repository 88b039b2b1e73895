"""A thousand updates of Telegram's at once, posted and polled: how many a second are taken, and whether one is lost.

The emulated Bot API runs in this process, on the same processors, so these are lower bounds.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from bench.processes import process
from emulators.loopback import free_port
from emulators.telegram import BotAccount, running
from emulators.telegram.setup import Webhook
from emulators.waiting import until

UPDATES, CHATS = 1000, 50
_WARM = 20
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Burst:
    """Updates taken a second, and how many of them all are not in the inbox."""

    posted: float
    polled: float
    lost: int


async def measure(dsn: str, environment: Mapping[str, str]) -> Burst:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with running(BotAccount(limits=False, retry_pause=0.01, secret_token="bench-secret")) as bot:
        telegram = {
            "TELEGRAM_BOT_TOKEN": bot.token,
            "TELEGRAM_API_URL": bot.url,
            "TELEGRAM_WEBHOOK_SECRET": "bench-secret",
            "TELEGRAM_UPDATES": "polling",
            "TWILIO_ACCOUNT_SID": "",  # the clock would look for WhatsApp's missed messages at Twilio itself
            "PORT": str(port),
            "PUBLIC_BASE_URL": base,
        }
        async with process("web", ["app", "web"], {**environment, **telegram}, port=port):
            _write(bot, _WARM)  # they wait, and go first
            bot.setup.webhook = Webhook(f"{base}/hooks/telegram", "bench-secret")
            posted = await _taken(bot)
        bot.setup.webhook = Webhook()
        async with process("clock", ["app", "clock"], {**environment, **telegram}):
            _write(bot, _WARM)
            await until(lambda: not bot.pending, "the clock to poll", patience=60)
            polled = await _taken(bot)
    connection = await asyncpg.connect(dsn)
    try:
        stored = await connection.fetchval("SELECT count(*) FROM inbox WHERE channel = 'telegram'")
    finally:
        await connection.close()
    return Burst(posted, polled, lost=2 * (UPDATES + _WARM) - stored)


async def _taken(bot: BotAccount) -> float:
    """Updates a second, from the moment that they are there."""
    _write(bot, UPDATES)
    waiting, started = len(bot.pending), time.perf_counter()
    await until(lambda: not bot.pending, "all updates to be taken", patience=_PATIENCE)
    return waiting / (time.perf_counter() - started)


def _write(bot: BotAccount, number: int) -> None:
    for each in range(number):
        bot.customer(1000 + each % CHATS).write(f"Where is my parcel? Order {each}")
