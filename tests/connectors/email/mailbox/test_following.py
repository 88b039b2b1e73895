"""From a real mailbox into the inbox, through the real gate: whatever dies, nothing is lost or doubled."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256

import asyncpg
import psutil
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.doctor import examine
from app.feeds import Follower
from app.inbox import open_gate
from app.processes import clock as clock_process
from app.settings import Settings
from connectors.email.mailbox import MailboxFeed, look
from core.instants import utc_now
from emulators.proxy import Proxy
from emulators.waiting import until
from storage.database import Database
from storage.engine import plain_dsn
from storage.feeds import SqlFeeds
from storage.inbox_gate import InboxGate
from tests.connectors.email.dovecot import Dovecot, DovecotMailbox
from tests.connectors.email.letters import letter
from tests.connectors.email.mailbox.following import ADDRESS, Following

KEYS = "SELECT key, url FROM inbox WHERE channel = 'email' ORDER BY received_at"


def letters(count: int, *, start: int = 0, size: int = 200) -> list[bytes]:
    numbers = range(start, start + count)
    return [letter(f"mail {number} " + "x" * size, Message_ID=f"<{number}@customer.example>") for number in numbers]


def keys_of(mails: list[bytes]) -> list[str]:
    return [sha256(mail).hexdigest() for mail in mails]


@pytest.fixture
async def gate(database: str) -> AsyncIterator[InboxGate]:
    gate = await open_gate(database)
    yield gate
    await gate.close()


@pytest.fixture
async def admin(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_dsn(database))
    yield connection
    await connection.close()


async def stored(admin: asyncpg.Connection) -> list[str]:
    """The keys of what is in the inbox."""
    return [row["key"] for row in await admin.fetch(KEYS)]


async def are_stored(mails: list[bytes], admin: asyncpg.Connection) -> bool:
    """Exactly these, each once, and in the order in which the server numbered them."""
    rows = await admin.fetch(KEYS)
    uids = [int(row["url"].rpartition("UID=")[2]) for row in rows]
    return uids == sorted(uids) and sorted(row["key"] for row in rows) == sorted(keys_of(mails))


async def test_killed_at_any_moment_over_a_bad_line_each_mail_is_stored_once_and_in_order(
    box: DovecotMailbox, gate: InboxGate, store: Database, admin: asyncpg.Connection
) -> None:
    mails, books, dice = letters(200), SqlFeeds(store), random.Random(7)
    async with Proxy("127.0.0.1", box.dovecot.port) as proxy:
        proxy.at_random(seed=7, share=0.3, only=("refuse", "reset_request", "reset_answer", "mute"))
        for life in range(30):
            if life % 3 == 0:
                box.deliver(*mails[life * 20 // 3 : (life + 3) * 20 // 3])
            feed = MailboxFeed(ADDRESS, box.server(port=proxy.port, first="all", timeout=0.5), largest=2**20)
            following = asyncio.create_task(Follower(feed, gate, books, utc_now).run())
            await asyncio.sleep(dice.uniform(0.0, 0.08))
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            feed.close()
        proxy.calm()
        feed = MailboxFeed(ADDRESS, box.server(port=proxy.port, first="all"), largest=2**20)
        following = asyncio.create_task(Follower(feed, gate, books, utc_now).run())
        try:
            await until(lambda: _count(admin, 200), "all mails to be stored")
        finally:
            following.cancel()
            feed.close()
    assert await are_stored(mails, admin)
    assert await admin.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint LIKE '%file_event%'") == 200
    assert proxy.happened


async def test_two_that_follow_one_mailbox_store_each_mail_once(
    box: DovecotMailbox, gate: InboxGate, store: Database, admin: asyncpg.Connection
) -> None:
    feeds = [MailboxFeed(ADDRESS, box.server(first="all"), largest=2**20) for _ in range(2)]
    tasks = [asyncio.create_task(Follower(feed, gate, SqlFeeds(store), utc_now).run()) for feed in feeds]
    mails = letters(150)
    try:
        for start in range(0, 150, 30):
            box.deliver(*mails[start : start + 30])
            await until(lambda: _count(admin, start + 30), "these to be stored")  # noqa: B023 - awaited at once
    finally:
        for task in tasks:
            task.cancel()
        for feed in feeds:
            feed.close()
    assert sorted(await stored(admin)) == sorted(keys_of(mails))


async def test_the_mailboxes_of_the_settings_are_followed_by_whichever_clock_leads(
    dovecot: Dovecot, database: str, admin: asyncpg.Connection, engine: AsyncEngine
) -> None:
    boxes = [dovecot.mailbox(), dovecot.mailbox()]
    settings = Settings(
        _env_file=None,
        secret_key="sixteen letters or more",
        email_address="support@shop.example, office@shop.example, nobody@shop.example",
        email_imap_url=f"{boxes[0].url()}?first=all {boxes[1].url()}?first=all {boxes[1].url('wrong')}",
    )
    mails, stop = letters(60), asyncio.Event()
    clocks = [asyncio.create_task(clock_process.run(settings, database, stop, election=0.05)) for _ in range(2)]

    async def told() -> list[str]:
        findings, _, _ = await examine(settings, engine)
        return [finding.what for finding in findings if "cannot be fetched" in finding.what]

    try:
        boxes[0].deliver(*mails[:20])
        boxes[1].deliver(*mails[20:40])
        await until(lambda: _count(admin, 40), "the first mails to be stored", patience=30)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        boxes[0].deliver(*mails[40:])
        await until(lambda: _count(admin, 60), "the other mails to be stored", patience=30)
        (what,) = await until(told, "the doctor to tell of the third")
        assert f"refused the login of {boxes[1].user}" in what
        assert "wrong" not in what
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*clocks), 20)
    assert sorted(await stored(admin)) == sorted(keys_of(mails))
    urls = await admin.fetch("SELECT DISTINCT split_part(url, ';', 1) FROM inbox ORDER BY 1")
    assert [row[0] for row in urls] == ["imap://office@shop.example/INBOX", "imap://support@shop.example/INBOX"]


async def _count(admin: asyncpg.Connection, least: int) -> bool:
    return bool(await admin.fetchval("SELECT count(*) FROM inbox WHERE channel = 'email'") >= least)


@pytest.mark.long
async def test_processes_that_are_killed_lose_and_double_nothing(
    box: DovecotMailbox, database: str, admin: asyncpg.Connection
) -> None:
    mails, dice, least = letters(3000), random.Random(3), 0
    box.deliver(*mails[:1500])
    for life in range(12):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.connectors.email.mailbox.process", database, f"{box.url()}?first=all")
        )
        if life == 4:
            box.deliver(*mails[1500:])
        least = least + dice.randrange(20, 250) if life < 11 else 3000
        await until(lambda: _count(admin, least), f"{least} mails to be stored", patience=60)  # noqa: B023
        await asyncio.sleep(dice.uniform(0.0, 0.03))
        process.kill()
        await process.wait()
    assert await are_stored(mails, admin)


@pytest.mark.long
class TestLargeMailbox:
    async def test_ten_thousand_mails_that_lie_there_open_nothing(self, box: DovecotMailbox) -> None:
        box.deliver(*letters(10_000))
        feed = MailboxFeed(ADDRESS, box.server())
        following = Following(feed)
        assert await following.look() == 0
        box.deliver(*letters(1, start=10_000))
        assert (await following.until(1)).bodies == letters(1, start=10_000)
        feed.close()

    async def test_ten_thousand_mails_are_stored_once_and_in_order(
        self, box: DovecotMailbox, gate: InboxGate, store: Database, admin: asyncpg.Connection
    ) -> None:
        mails = letters(10_000, size=4000)
        box.deliver(*mails)
        feed = MailboxFeed(ADDRESS, box.server(first="all"))
        following = asyncio.create_task(Follower(feed, gate, SqlFeeds(store), utc_now).run())
        began = asyncio.get_running_loop().time()
        try:
            await until(lambda: _count(admin, 10_000), "all mails to be stored", patience=300, pause=0.2)
        finally:
            following.cancel()
            feed.close()
        print(f"{10_000 / (asyncio.get_running_loop().time() - began):.0f} mails/s")
        assert await are_stored(mails, admin)

    async def test_memory_is_bounded_whatever_lies_there(self, box: DovecotMailbox) -> None:
        box.deliver(*[letter(f"{number} " + "x" * 19_000_000) for number in range(30)], letter("x" * 49_000_000))
        feed = MailboxFeed(ADDRESS, box.server(first="all", timeout=30.0))
        cursor, seen, highest, process = None, 0, 0, psutil.Process()
        before = process.memory_info().rss
        while seen < 31:
            fetched = await feed.fetch_events(cursor)
            cursor, seen = fetched.cursor, seen + len(fetched.events)
            assert sum(len(event.body) for event in fetched.events) <= max(look.MOST_BYTES, 50_000_000)
            highest = max(highest, process.memory_info().rss - before)
        feed.close()
        print(f"{highest / 2**20:.0f} MB more at the most")
        assert highest < 250 * 2**20
