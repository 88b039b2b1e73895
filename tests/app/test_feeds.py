"""Feeds: what is fetched is stored once and in order, confirmed only then, whatever dies in between."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.doctor import examine
from app.feeds import Follower, strictly_increasing
from app.processes import clock as clock_process
from app.settings import Settings
from connectors.contract import Fetched, FetchedEvent
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import utc_now
from emulators.telegram import BotAccount, running
from emulators.waiting import until
from storage.database import Database
from storage.engine import plain_dsn
from storage.feeds import SqlFeeds
from tests.factories import NOW
from tests.fakes.inbox import FakeInbox
from web.ports import InboxUnavailable


class Provider:
    """A feed whose events are confirmed by the next look: those are gone for good."""

    channel, account, pause = "paper", "1", 0.0

    def __init__(self, number: int) -> None:
        self.waiting = [FetchedEvent(f"e{index}", "https://x", b"{}") for index in range(number)]
        self.confirmed: list[FetchedEvent] = []
        self.trouble: Exception | None = None

    async def fetch_events(self, cursor: str | None) -> Fetched:
        if self.trouble is not None:
            raise self.trouble
        while cursor is not None and self.waiting and int(self.waiting[0].key[1:]) < int(cursor):
            self.confirmed.append(self.waiting.pop(0))
        found = self.waiting[:3]
        return Fetched(found, str(int(found[-1].key[1:]) + 1) if found else cursor)


class DyingInbox(FakeInbox):
    """Dies after so many events, once."""

    def __init__(self, dies: Iterator[bool]) -> None:
        super().__init__()
        self._dies = dies

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        if next(self._dies):
            raise InboxUnavailable
        new = await super().accept(channel=channel, key=key, url=url, body=body, now=now)
        if next(self._dies):
            raise InboxUnavailable  # stored, but we did not live to hear of it
        return new


@pytest.fixture
def books(store: Database) -> SqlFeeds:
    return SqlFeeds(store)


class TestLook:
    @pytest.mark.parametrize("death", range(0, 14, 3))
    async def test_a_death_at_any_moment_loses_nothing_and_doubles_nothing(self, books: SqlFeeds, death: int) -> None:
        provider, deaths = Provider(5), iter([index == death for index in range(100)])
        inbox = DyingInbox(deaths)
        for _ in range(5):
            follower = Follower(provider, inbox, books, utc_now)  # a new process, which remembers nothing
            try:
                await follower.look(utc_now)
            except InboxUnavailable:
                assert len(provider.confirmed) <= len(inbox.events)
        assert inbox.keys() == ["e0", "e1", "e2", "e3", "e4"]
        assert provider.waiting == []

    async def test_an_account_of_its_own_has_a_cursor_of_its_own(self, books: SqlFeeds) -> None:
        await books.read("paper", "1", cursor="5", now=NOW)
        assert await books.cursor("paper", "1") == "5"
        assert await books.cursor("paper", "2") is None

    def test_instants_increase_even_where_the_clock_stands_still_or_goes_back(self) -> None:
        times = iter([NOW, NOW, NOW.replace(year=2001), NOW.replace(year=2100)])
        now = strictly_increasing(lambda: next(times))
        made = [now() for _ in range(4)]
        assert made == sorted(set(made))
        assert made[-1] == NOW.replace(year=2100)


class TestRun:
    async def test_trouble_is_noted_for_the_doctor_until_it_is_over(self, books: SqlFeeds, engine: AsyncEngine) -> None:
        provider, inbox = Provider(1), FakeInbox()
        provider.trouble = AccountRefused("Telegram refused our bot.")
        running = asyncio.create_task(Follower(provider, inbox, books, utc_now).run())

        async def told() -> list[str]:
            findings, _, _ = await examine(Settings(_env_file=None), engine)
            return [finding.what for finding in findings if "Paper" in finding.what]

        (what,) = await until(told, "the doctor to tell")
        assert what.endswith("Telegram refused our bot.")
        await books.read("paper", "other", cursor=None, now=utc_now())
        provider.trouble = None
        await until(lambda: inbox.keys(), "the feed to work again")
        await until(lambda: provider.confirmed, "the event to be confirmed")
        assert await told() == []
        running.cancel()

    async def test_a_mistake_of_ours_is_noted_without_what_a_customer_wrote(
        self, books: SqlFeeds, engine: AsyncEngine
    ) -> None:
        provider = Provider(0)
        provider.trouble = UnicodeEncodeError("utf-8", "my secret", 0, 1, "surrogates not allowed")
        running = asyncio.create_task(Follower(provider, FakeInbox(), books, utc_now).run())

        async def told() -> list[str]:
            findings, _, _ = await examine(Settings(_env_file=None), engine)
            return [finding.what for finding in findings if "Paper" in finding.what]

        (what,) = await until(told, "the doctor to tell")
        assert "UnicodeEncodeError" in what
        assert "secret" not in what
        running.cancel()

    async def test_a_provider_that_asks_us_to_wait_is_not_asked_before(self, books: SqlFeeds) -> None:
        provider = Provider(0)
        provider.trouble = ChannelUnavailable("Slow down.", retry_after=1.5)  # longer than after any other failure
        asked: list[float] = []

        async def count(cursor: str | None) -> Fetched:
            asked.append(asyncio.get_running_loop().time())
            return await Provider.fetch_events(provider, cursor)

        provider.fetch_events = count  # type: ignore[method-assign]
        follower = asyncio.create_task(Follower(provider, FakeInbox(), books, utc_now).run())
        await until(lambda: len(asked) >= 2, "the second look")
        assert asked[1] - asked[0] >= 1.5
        follower.cancel()


async def test_a_hundred_updates_are_polled_by_whichever_clock_leads(database: str) -> None:
    """A webhook that was set stands in the way, one update is poison, and the first leader loses its connection."""
    async with running(BotAccount(webhook_url="http://127.0.0.1:9/hooks/telegram", retry_pause=0.01)) as bot:
        settings = Settings(
            _env_file=None, telegram_bot_token=bot.token, telegram_api_url=bot.url, telegram_updates="polling"
        )
        admin, stop = await asyncpg.connect(plain_dsn(database)), asyncio.Event()
        mia = bot.customer(name="Mia")
        written = [mia.write(str(number)) for number in range(50)]
        written[7].update.content = {"chat": "poison"}
        clocks = [asyncio.create_task(clock_process.run(settings, database, stop, election=0.05)) for _ in range(2)]
        try:
            await until(lambda: not bot.pending, "the first updates to be taken", patience=30)
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            written += [mia.write(str(number)) for number in range(50, 100)]
            await until(lambda: not bot.pending, "the other updates to be taken", patience=30)
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*clocks), 20)
        keys = await admin.fetch("SELECT key FROM inbox ORDER BY received_at")
        jobs = await admin.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint LIKE '%file_event%'")
        await admin.close()
    assert [row["key"] for row in keys] == [f"{bot.id}:{each.update_id}" for each in written]
    assert jobs == 100
    assert bot.webhook.url == ""
    assert len(bot.calls_of("deleteWebhook")) in (1, 2)  # once in each process that met it
