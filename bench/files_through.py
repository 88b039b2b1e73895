"""Files of 16 MB through the whole house: fetched from both providers, kept, and served. Does memory stay where it was?

The emulated providers run in this process and make the files up while they are read; the web process and the worker are
measured from outside.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg

from bench.processes import ACCOUNT_SID, AUTH_TOKEN, Running, process
from emulators.loopback import free_port
from emulators.telegram import BotAccount
from emulators.telegram import running as running_bot
from emulators.twilio import Account, File, running
from emulators.waiting import until
from ticketing.attachments.links import Links

SIZE = 16 * 2**20 - 1024  # WhatsApp's most, less a little
FILES = 6
_SMALL = 64 * 1024
_SECRET, _KEY = "bench-secret", "bench-key-of-some-length"
_EVERY = 0.01  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Through:
    """Resident MB of each process: before the files, and the most while they went through. `rate`: MB a second."""

    before: Mapping[str, float]
    most: Mapping[str, float]
    rate: float

    def growth(self, name: str) -> float:
        return self.most[name] / self.before[name] - 1


async def measure(dsn: str, environment: Mapping[str, str], folder: Path) -> Through:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    bot = BotAccount(limits=False, webhook_url=f"{base}/hooks/telegram", secret_token=_SECRET)
    account = Account(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, webhook_url=f"{base}/hooks/whatsapp", limits=False
    )
    async with running_bot(bot), running(account):
        settings = {
            "TELEGRAM_BOT_TOKEN": bot.token,
            "TELEGRAM_API_URL": bot.url,
            "TELEGRAM_WEBHOOK_SECRET": _SECRET,
            "TELEGRAM_UPDATES": "webhook",
            "TWILIO_API_URL": account.url,
            "ATTACHMENTS_URL": (folder / "files").resolve().as_uri(),
            "SECRET_KEY": _KEY,
            "PUBLIC_BASE_URL": base,
            "PORT": str(port),
        }
        async with (
            process("web", ["app", "web"], {**environment, **settings}, port=port) as web,
            process("worker", ["app", "worker"], {**environment, **settings}) as worker,
        ):
            links = Links(base, _KEY.encode())
            await _through(dsn, bot, account, links, sizes=[_SMALL] * 4)  # everything is loaded, every pool open
            before = {each.name: each.memory_mb() for each in (web, worker)}
            async with _watched(web, worker) as most:
                began = time.perf_counter()
                await _through(dsn, bot, account, links, sizes=[SIZE] * FILES)
                took = time.perf_counter() - began
    return Through(before, most, FILES * SIZE / 1e6 / took)


async def _through(dsn: str, bot: BotAccount, account: Account, links: Links, *, sizes: list[int]) -> None:
    """One after the other: in by Telegram and WhatsApp in turn, and out by its signed link."""
    for at, size in enumerate(sizes):
        if at % 2:
            await account.customer("+4915112345678", name="Mia").write(media=[File("application/pdf", b"%PDF-", size)])
        else:
            bot.customer(1000, name="Clara").document(size=size)
        kept = await until(lambda: _newest(dsn), "the file to be kept", patience=120)
        await _download(links.for_people(kept, "file", now=datetime.now(UTC)), size)


async def _newest(dsn: str) -> UUID | None:
    """The newest file, once all are kept. A file is kept once however often it is sent, so its row is what counts."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT id, state FROM attachment ORDER BY created_at DESC, id DESC")
        messages = await connection.fetchval("SELECT count(*) FROM inbox")
    finally:
        await connection.close()
    ready = len(rows) == messages and all(row["state"] == "stored" for row in rows)
    return rows[0]["id"] if ready and rows else None


async def _download(url: str, size: int) -> None:
    got = 0
    async with aiohttp.ClientSession(trust_env=False) as session, session.get(url) as answer:
        answer.raise_for_status()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            got += len(chunk)
    if got != size:
        raise RuntimeError(f"{got} bytes came out of {size}")


@asynccontextmanager
async def _watched(*processes: Running) -> AsyncIterator[dict[str, float]]:
    """The most that each has at any look while the block runs."""
    most = {each.name: each.memory_mb() for each in processes}

    async def look() -> None:
        while True:
            for each in processes:
                most[each.name] = max(most[each.name], each.memory_mb())
            await asyncio.sleep(_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield most
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
