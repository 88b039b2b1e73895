"""Calls and downloads go wrong as the tables in `faults.py` say, and the record says what was carried out."""

import contextlib
import time

import pytest
import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from emulators.telegram import BotAccount, Customer
from emulators.telegram.faults import MENU, STATES


@pytest.fixture(autouse=True)
def started(mia: Customer) -> None:
    mia.start()


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        ("reply_lost", NetworkError, True),
        ("reset", NetworkError, False),
        ("reset_after", NetworkError, True),
        ("cut_answer", NetworkError, True),
        ("truncated", TelegramError, True),
        ("too_many_requests", RetryAfter, False),
        ("internal_error", NetworkError, False),
        ("server_error", NetworkError, False),
        ("gateway_error", NetworkError, True),
        ("forbidden", Forbidden, False),
        ("conflict", Conflict, False),
        ("migrated", ChatMigrated, False),
        ("unauthorized", InvalidToken, False),
    ],
)
async def test_the_caller_is_told_one_thing_and_the_record_the_truth(
    bot: BotAccount, mia: Customer, sdk: telegram.Bot, kind: str, error: type[TelegramError], done: bool
) -> None:
    bot.faults.add("sendMessage", kind)
    with pytest.raises(error):
        await sdk.send_message(mia.id, "hi")
    (call,) = bot.calls_of("sendMessage")
    assert (call.carried_out, bool(mia.inbox)) == (done, done)
    assert call.as_json()["fault"] == kind
    assert bot.faults.happened == {kind: 1}
    await sdk.send_message(mia.id, "again")
    assert mia.inbox[-1].text == "again"


async def test_slow_is_late_and_works(bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
    bot.faults.next("sendMessage", delay=0.1)
    began = time.perf_counter()
    await sdk.send_message(mia.id, "hi")
    assert time.perf_counter() - began >= 0.1


async def test_a_refusal_can_have_its_own_words_and_number(bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
    bot.faults.next("sendMessage", status=429, retry_after=17)
    bot.faults.next("sendMessage", status=400, description="Bad Request: PEER_ID_INVALID")
    bot.faults.next("sendMessage", migrate_to=-100777)
    with pytest.raises(RetryAfter, match="17"):
        await sdk.send_message(mia.id, "hi")
    with pytest.raises(BadRequest, match=r"(?i)PEER_ID_INVALID"):
        await sdk.send_message(mia.id, "hi")
    with pytest.raises(ChatMigrated, match="-100777"):
        await sdk.send_message(mia.id, "hi")


async def test_chance_draws_what_passes_and_never_the_state_of_a_chat(
    bot: BotAccount, mia: Customer, sdk: telegram.Bot
) -> None:
    bot.faults.at_random(3, 1.0)
    bot.setup.limits = False
    for _ in range(12):
        with contextlib.suppress(TelegramError):
            await sdk.send_message(mia.id, "hi")
    assert bot.faults.happened.total() == 12
    assert set(bot.faults.happened) <= set(MENU)
    assert not set(MENU) & set(STATES)
    bot.faults.calm()
    await sdk.send_message(mia.id, "hi")


class TestDownloads:
    SIZE = 300_000

    @pytest.fixture
    async def link(self, mia: Customer, sdk: telegram.Bot) -> telegram.File:
        return await sdk.get_file(mia.document(size=self.SIZE).update.content["document"]["file_id"])

    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("reset", NetworkError),
            ("reply_lost", NetworkError),
            ("cut_answer", NetworkError),
            ("file_gone", InvalidToken),  # what the SDK makes of any 404
            ("server_error", NetworkError),
        ],
    )
    async def test_fail(self, bot: BotAccount, link: telegram.File, kind: str, error: type[TelegramError]) -> None:
        bot.faults.add("download", kind)
        with pytest.raises(error):
            await link.download_as_bytearray()
        assert len(await link.download_as_bytearray()) == self.SIZE
        assert [call.status for call in bot.calls_of("download")][-1] == 200

    async def test_may_be_half_and_not_say_so(self, bot: BotAccount, link: telegram.File) -> None:
        bot.faults.add("download", "truncated")
        assert len(await link.download_as_bytearray()) == self.SIZE // 2

    async def test_may_trickle(self, bot: BotAccount, link: telegram.File) -> None:
        bot.faults.next("download", pace=0.02)
        began = time.perf_counter()
        assert len(await link.download_as_bytearray()) == self.SIZE
        assert time.perf_counter() - began >= 0.08

    async def test_getFile_can_be_refused_too(self, bot: BotAccount, link: telegram.File, sdk: telegram.Bot) -> None:
        bot.faults.add("getFile", "file_gone")
        with pytest.raises(BadRequest, match=r"(?i)temporarily unavailable"):
            await sdk.get_file(link.file_id)


async def test_a_lost_answer_to_getUpdates_loses_no_update(bot: BotAccount, mia: Customer, sdk: telegram.Bot) -> None:
    bot.faults.add("getUpdates", "cut_answer")
    with pytest.raises(NetworkError):
        await sdk.get_updates()
    assert len(await sdk.get_updates()) == 1
