"""A customer's phone with Telegram on it, before a desk that takes everything and says nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulators import telegram
from emulators.server import Served
from emulators.simulator import Simulator
from emulators.slack import Workspace
from emulators.twilio import Account, running
from emulators.waiting import until
from tests.browser.screen import opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def _desk(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"")(scope, receive, send)


@pytest_asyncio.fixture(loop_scope="module")
async def bot() -> AsyncIterator[telegram.BotAccount]:
    async with Served(_desk) as desk, telegram.running(telegram.BotAccount(webhook_url=desk.url)) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="module")
async def page(bot: telegram.BotAccount) -> AsyncIterator[str]:
    workspace = Workspace(limits=False)
    workspace.add_user("ana", real_name="Ana")
    workspace.add_channel("desk")
    async with workspace.serve(), running(Account()) as account, Simulator(workspace, account, bot).serve() as served:
        yield served.url


async def test_write_send_a_picture_edit_press_a_button_and_block(
    browser: Browser, page: str, bot: telegram.BotAccount
) -> None:
    async with opened(browser, page) as screen:
        phone, keys = screen.phone, screen.page.keyboard
        await phone.get_by_role("button", name="Add a customer").click()
        await screen.page.get_by_role("menuitem", name="On Telegram").click()
        await phone.get_by_label("Name of the new customer").fill("Mia")
        await keys.press("Enter")
        await phone.get_by_role("button", name="Start").click()
        await expect(screen.bubble("/start").get_by_label("Delivered")).to_be_visible()
        await screen.write("My mug is broken")
        await phone.get_by_role("button", name="Put the phone away").click()
        await expect(phone.get_by_text("The phone is away")).to_be_visible()  # one's own words are no news
        await phone.get_by_role("button", name="Take the phone out again").click()

        await phone.get_by_label("Message as the customer").fill("Look at this")
        await phone.get_by_role("button", name="Send a picture or a file").click()
        await screen.page.get_by_role("menuitem", name="A sample picture").click()
        picture = screen.bubble("Look at this").locator("img")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0

        await screen.bubble("broken").hover()
        await screen.bubble("broken").get_by_role("button", name="Edit this message").click()
        await phone.get_by_label("Message as the customer").fill("My blue mug is broken")
        await keys.press("Enter")
        await expect(screen.bubble("My blue mug")).to_contain_text("edited")

        (mia,) = bot.customers
        keyboard = {"inline_keyboard": [[{"text": "Yes, please", "callback_data": "y"}]]}
        asked = {"chat_id": mia.id, "text": "Shall we send a new one?", "reply_markup": keyboard}
        await bot.api.execute("sendMessage", asked)
        pressing = asyncio.create_task(phone.get_by_role("button", name="Yes, please").click())
        (press,) = await until(lambda: [*bot.cloud.presses], "the press")
        await bot.api.execute("answerCallbackQuery", {"callback_query_id": press, "text": "It is on its way"})
        await expect(screen.page.get_by_text("It is on its way")).to_be_visible()
        await pressing

        await phone.get_by_role("button", name="More about this chat").click()
        await screen.page.get_by_role("menuitem", name="Block the bot").click()
        await expect(phone.get_by_label("Message as the customer")).to_be_disabled()
        assert mia.blocks
        assert screen.trouble == []
