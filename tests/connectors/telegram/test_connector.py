"""The connector with an emulated Telegram: what reaches the phone, and how updates are fetched."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from connectors.telegram import TelegramConfig, TelegramConnector, connector
from connectors.telegram.connector import PollingTelegram
from core.errors import ChannelUnavailable
from core.messages import Button, Outbound, OutboundFile
from emulators.telegram import BotAccount, Customer, running
from tests.connectors.telegram.updates import BASE

PDF = b"%PDF-1.7 " + bytes(range(256)) * 2000


async def _content() -> AsyncIterator[bytes]:
    for start in range(0, len(PDF), 65_536):
        yield PDF[start : start + 65_536]


FILE = OutboundFile("Rechnung für Mia.pdf", "application/pdf", len(PDF), "https://desk.example.com/files/1", _content)


@pytest.fixture
async def bot() -> AsyncIterator[BotAccount]:
    async with running(BotAccount(limits=False)) as bot:
        yield bot


@pytest.fixture
async def telegram(bot: BotAccount) -> AsyncIterator[TelegramConnector]:
    made = connector(TelegramConfig(bot.token, BASE, polling=True, api_url=bot.url, timeout=5))
    yield made
    await made.close()


def outbound(bot: BotAccount, to: Customer, text: str) -> Outbound:
    return Outbound(UUID(int=7), str(bot.id), str(to.id), text)


class TestSend:
    async def test_a_file_arrives_whole_with_its_name_its_caption_and_buttons(
        self, bot: BotAccount, telegram: TelegramConnector
    ) -> None:
        mia = bot.customer(name="Mia")
        asked = mia.write("Where is my invoice?")
        message = replace(
            outbound(bot, mia, "Here it *is*"),
            file=FILE,
            buttons=(Button("Thanks", "csat:5"),),
            replies_to=f"{bot.id}:{mia.id}:{asked.message_id}",
        )
        receipt = await telegram.send(message)
        shown = await mia.next_message()
        assert shown.file is not None
        assert (shown.file.name, shown.file.read()) == (FILE.name, PDF)
        assert (shown.kind, shown.text, shown.reply_to) == ("document", "Here it is", asked.message_id)
        assert shown.buttons == (("Thanks", "csat:5"),)
        assert receipt.provider_id == f"{bot.id}:{mia.id}:{shown.message_id}"

    async def test_a_picture_that_telegram_cannot_show_goes_as_a_document(
        self, bot: BotAccount, telegram: TelegramConnector
    ) -> None:
        mia = bot.customer(name="Mia")
        mia.start()
        bot.faults.next("sendPhoto", status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
        await telegram.send(replace(outbound(bot, mia, ""), file=replace(FILE, name="p.png", content_type="image/png")))
        assert (await mia.next_message()).kind == "document"
        assert len(mia.inbox) == 1

    async def test_a_store_of_ours_that_fails_means_nothing_was_sent(
        self, bot: BotAccount, telegram: TelegramConnector
    ) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"%PDF"
            raise OSError

        mia = bot.customer(name="Mia")
        mia.start()
        with pytest.raises(ChannelUnavailable):
            await telegram.send(replace(outbound(bot, mia, ""), file=replace(FILE, open=broken)))
        assert bot.calls == []


class TestFetchEvents:
    async def test_an_update_is_confirmed_by_the_look_after_it_was_stored(
        self, bot: BotAccount, telegram: TelegramConnector
    ) -> None:
        assert isinstance(telegram, PollingTelegram)
        first = bot.customer(name="Mia").write("one")
        fetched = await telegram.fetch_events(None)
        again = await telegram.fetch_events(None)
        assert [event.key for event in fetched.events] == [event.key for event in again.events]
        assert not first.update.taken.is_set()
        bot.customer(name="Ben").write("two")
        (event,) = (await telegram.fetch_events(fetched.cursor)).events
        assert first.update.taken.is_set()
        assert b'"text":"two"' in event.body

    async def test_somebody_else_who_fetches_is_told_of_and_no_webhook_is_touched(
        self, bot: BotAccount, telegram: TelegramConnector
    ) -> None:
        assert isinstance(telegram, PollingTelegram)
        bot.faults.add("getUpdates", "conflict")
        with pytest.raises(ChannelUnavailable, match="Somebody else fetches"):
            await telegram.fetch_events(None)
        assert bot.calls_of("deleteWebhook") == []


async def test_the_webhook_is_set_with_the_secret_that_opens_it(bot: BotAccount, telegram: TelegramConnector) -> None:
    await telegram.set_webhook()
    state = await telegram.webhook_state()
    assert (state.is_ours, state.url) == (True, f"{BASE}/hooks/telegram")
    assert bot.webhook.secret_token == TelegramConfig(bot.token, BASE).secret
    assert (await telegram.whoami()).username == "threadline_bot"
