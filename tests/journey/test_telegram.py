"""A customer on Telegram: by webhook, and by polling once somebody fetches the updates."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from emulators.chance import DELIVERIES
from emulators.slack import Upload
from emulators.telegram import BotAccount, Customer, running
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, a_clock, address_of, pictures_under, staged
from tests.pictures import a_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot() -> AsyncIterator[BotAccount]:
    async with running(BotAccount(secret_token="telegram-shows-this", retry_pause=0.01)) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, bot: BotAccount) -> AsyncIterator[Stage]:
    async with fresh_database(postgres) as dsn, staged(dsn, brain, telegram=bot, survey_after_minutes=0.0) as made:
        yield made


@contextmanager
def away(bot: BotAccount) -> Iterator[None]:
    """Nothing is posted to us meanwhile; then all of it is."""
    url, bot.webhook.url = bot.webhook.url, ""
    try:
        yield
    finally:
        bot.webhook.url = url
        bot.cloud.courier.restart()


async def heard(stage: Stage, customer: Customer) -> list[str]:
    """What is filed of theirs, oldest first."""
    rows = await stage.rows(
        "SELECT text FROM message JOIN conversation ON conversation.id = conversation_id"
        " WHERE address = $1 AND direction = 'in' ORDER BY message.at, message.id",
        address_of(customer),
    )
    return [row["text"] for row in rows]


async def ticketed(stage: Stage, customer: Customer) -> Json:
    """The card of what they wrote."""
    await customer.write(DAMAGED).delivered(30)
    return await stage.card_of(customer)


async def test_how_we_did_is_asked_by_buttons_pressed_and_shown_and_a_press_that_is_too_old_to_answer_is_no_error(
    stage: Stage, bot: BotAccount
) -> None:
    sven = bot.customer(name="Sven Survey")
    card = await ticketed(stage, sven)
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, await stage.card_of(sven), "status", {"status": "resolved"})
    await stage.settled()
    (asked,) = sven.inbox
    assert asked.text.startswith("How did we do?")
    assert [label for label, _ in asked.buttons] == ["1 ⭐", "2 ⭐", "3 ⭐", "4 ⭐", "5 ⭐"]

    assert await sven.press(asked.message_id, "2 ⭐").answer(30) == "Thank you for your rating!"
    await stage.settled()
    assert "⭐⭐☆☆☆ 2/5" in stage.thread_text(card)

    with away(bot):
        late = sven.press(asked.message_id, "5 ⭐")
        bot.expire_presses()  # as after a day without us
    await bot.settle()
    await stage.settled()
    assert late.text is None
    assert bot.calls_of("answerCallbackQuery")[-1].status == 400
    assert "⭐⭐⭐⭐⭐ 5/5" in stage.thread_text(card)
    assert await stage.rows("SELECT id FROM pgqueuer WHERE status = 'failed'") == []
    assert await stage.rows("SELECT score FROM survey WHERE state = 'answered'") == [{"score": 5}]
    assert len(sven.inbox) == 1


async def test_an_album_of_ten_is_one_ticket_with_ten_pictures_in_their_order(stage: Stage, bot: BotAccount) -> None:
    alba = bot.customer(name="Alba Album")
    sent = alba.album([a_picture(size=(100 + number, 80)) for number in range(10)], caption=DAMAGED)
    await asyncio.gather(*(each.delivered(30) for each in sent))
    card = await stage.card_of(alba)
    assert len(await heard(stage, alba)) == 10
    assert pictures_under(stage, card) == [100 + number for number in range(10)]
    assert "[📎 10 files]" in stage.text(card)
    assert await stage.light_cards_of(alba) == []


async def test_an_update_that_is_delivered_badly_is_filed_once(stage: Stage, bot: BotAccount) -> None:
    for kind in DELIVERIES:
        bot.delivery_faults.next(kind)
    customers = [bot.customer(name=f"Ulla {kind}") for kind in DELIVERIES]
    for each in customers:
        each.write(DAMAGED)
        each.write("It is the blue one.")
    await bot.settle()
    await stage.settled()
    for each in customers:
        assert await heard(stage, each) == [DAMAGED, "It is the blue one."], each.name
        assert len(await stage.cards_of(each)) == 1
    assert bot.delivery_faults.left == 0


async def test_members_of_a_group_are_told_apart_it_is_not_surveyed_and_followed_when_it_becomes_another(
    stage: Stage, bot: BotAccount
) -> None:
    olga, group = bot.customer(name="Olga"), bot.group("Olga's shop")
    told = group.member(olga).write(DAMAGED)
    await told.delivered(30)
    await group.member(bot.customer(name="Ben")).write("Mine too!", reply_to=told.message_id).delivered(30)
    await stage.settled()
    card = stage.cards()[-1]
    assert "💬 Olga in Olga's shop" in stage.thread_text(card)
    assert "💬 Ben in Olga's shop · ↩︎ to Olga" in stage.thread_text(card)
    with away(bot):
        group.migrate(by=olga)
        await stage.fills(stage.mia, card, "reply", {"text": "We are sorry!"})
        await stage.settled()
    await bot.settle()
    await stage.settled()
    assert [call.status for call in bot.calls_of("sendMessage")[-2:]] == [400, 200]
    assert [each["text"] for each in group.messages if each.get("text")] == ["We are sorry!"]
    assert "✓ sent" in stage.thread_text(card)

    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, card, "status", {"status": "resolved"})
    await stage.settled()
    assert await stage.rows("SELECT why FROM survey WHERE state = 'skipped'") == [{"why": "the customer is a group"}]


async def test_who_does_not_know_the_secret_is_refused_and_nothing_is_kept(stage: Stage, bot: BotAccount) -> None:
    posted = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"},
    }
    before = await stage.rows("SELECT count(*) FROM inbox")
    async with aiohttp.ClientSession(trust_env=False) as http:
        for secret in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}, {"X-Telegram-Bot-Api-Secret-Token": ""}):
            async with http.post(bot.webhook.url, json=posted, headers=secret) as answer:
                assert answer.status == 403
    assert await stage.rows("SELECT count(*) FROM inbox") == before


async def test_a_customer_on_telegram_is_answered_whether_updates_are_posted_or_polled(
    stage: Stage, bot: BotAccount
) -> None:
    lena = bot.customer(name="Lena Lang", language="de")

    await lena.write(DAMAGED).delivered(30)
    await stage.settled()

    card = await stage.card_of(lena)
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
    assert len(await stage.cards_of(lena)) == 1

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
