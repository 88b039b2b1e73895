"""A customer on Telegram: by webhook, and by polling once somebody fetches the updates."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from emulators.slack import Upload
from emulators.telegram import BotAccount, Customer, running
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, a_clock, staged
from tests.pictures import a_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot() -> AsyncIterator[BotAccount]:
    async with running(BotAccount(secret_token="telegram-shows-this", retry_pause=0.01)) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, bot: BotAccount) -> AsyncIterator[Stage]:
    async with fresh_database(postgres) as dsn, staged(dsn, brain, telegram=bot) as made:
        yield made


async def test_a_customer_on_telegram_is_answered_whether_updates_are_posted_or_polled(
    stage: Stage, bot: BotAccount
) -> None:
    lena = bot.customer(name="Lena Lang", language="de")

    await lena.write(DAMAGED).delivered(30)
    await stage.settled()

    card = await stage.card()
    assert "Lena Lang · Telegram" in stage.text(card)
    assert bot.webhook.url
    await stage.fills(stage.mia, card, "reply", {"text": "*We are sorry*, Lena! 2 < 3"})
    shown = await lena.next_message(30)
    assert shown.text == "We are sorry, Lena! 2 < 3"
    assert [(each["type"], each["offset"], each["length"]) for each in shown.entities] == [("bold", 0, 12)]
    await stage.settled()
    assert "✓ sent" in stage.thread_text(card)

    async with a_clock(stage):  # which finds the webhook in its way, and takes it down
        answered = lena.write("Thank you, and when does it come?", reply_to=shown.message_id)
        await answered.delivered(30)
        await until(lambda: not bot.webhook.url, "the webhook to be taken down")
        polled = lena.write("Order 4711, as I said!")
        await polled.delivered(30)
        await stage.settled()

    thread = stage.thread_text(card)
    assert "when does it come?" in thread
    assert "Order 4711, as I said!" in thread
    assert len(stage.cards()) == 1

    await _mia_sends_files(stage, card, lena)

    lena.block()
    await stage.fills(stage.mia, card, "reply", {"text": "It comes tomorrow."})
    await stage.settled()
    assert "The customer blocked our bot" in stage.thread_text(card)
    assert len(lena.inbox) == 4


async def _mia_sends_files(stage: Stage, card: Json, lena: Customer) -> None:
    """They are on the phone with their bytes, after words too long to stand below one, and in the thread."""
    before, shown_before = len(lena.inbox), len(stage.thread(card))
    photo, archive = a_picture(), b"PK\x03\x04 the manual"
    files = [Upload("label.jpg", photo), Upload("manual.zip", archive)]
    sent = await stage.fills(stage.mia, card, "reply", {"text": "Print *these*, please. " * 60, "files": files})
    assert sent.outcome == "closed"
    await until(lambda: len(lena.inbox) == before + 3, "the words and both files on the phone", patience=30)
    said, *carried = lena.inbox[before:]
    assert said.text.startswith("Print these, please.")
    assert [(each.kind, each.text) for each in carried] == [("photo", ""), ("document", "")]
    assert [each.file and each.file.content for each in carried] == [photo, archive]
    await stage.settled()
    entries = stage.thread(card)[shown_before:]
    assert ["✓ sent" in stage.text(each) for each in entries] == [True, True, True]
    assert [block["type"] for block in entries[1]["blocks"]].count("image") == 1
    assert "manual.zip" in stage.text(entries[2])
