"""A customer on Telegram: by webhook, and by polling once somebody fetches the updates."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from emulators.telegram import BotAccount, running
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Stage, a_clock, staged

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

    lena.block()
    await stage.fills(stage.mia, card, "reply", {"text": "It comes tomorrow."})
    await stage.settled()
    assert "The customer blocked our bot" in stage.thread_text(card)
    assert len(lena.inbox) == 1
