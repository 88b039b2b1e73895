"""A hostile mail in a real browser: nothing loads, nothing runs, nothing leaves its frame."""

from typing import Literal

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.mail_pages import page_of
from emulators.server import Served
from tests.web.hostile_mail import hostile_mail
from tests.web.test_mails import kept
from web.mail_page import page, policy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def _show(request: Request) -> Response:
    shown = page(page_of(hostile_mail(), kept()), download="/mail.eml")
    return Response(shown, headers={"Content-Security-Policy": policy()}, media_type="text/html")


@pytest.mark.parametrize(("theme", "width"), [("light", 1100), ("dark", 390)])
async def test_none_of_it_acts(browser: Browser, theme: Literal["light", "dark"], width: int) -> None:
    asked, said = list[str](), list[str]()
    async with Served(Starlette(routes=[Route("/", _show)])) as served:
        context = await browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
        screen = await context.new_page()
        screen.on("request", lambda request: asked.append(request.url))
        screen.on("dialog", lambda dialog: said.append(dialog.message))
        await screen.goto(served.url)
        for each in await screen.locator("summary").all():
            await each.click()
        frame = screen.frame_locator("iframe")
        assert await frame.locator("img[src]").first.evaluate("picture => picture.naturalWidth") == 120
        assert await frame.locator("form, input, script, style:not(head style)").count() == 0
        assert await screen.evaluate("document.documentElement.scrollWidth") <= width
        assert screen.url.rstrip("/") == served.url
        await context.close()
    assert said == []
    assert {url for url in asked if not url.startswith((served.url, "data:"))} == set()
