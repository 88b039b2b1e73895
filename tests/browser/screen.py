"""What somebody at the simulator does and sees, in their words."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, Locator, Page, expect

PATIENCE = 20_000  # milliseconds; a busy machine takes its time

expect.set_options(timeout=PATIENCE)

# Watched without a frame between the drawing and the look at it: whoever types uses that frame.
_CURSOR_WHEN_DRAWN = """
    (pressed, drawn) => new Promise((told) => {
        const watch = new MutationObserver(() => {
            if (document.querySelector(drawn) === null) return;
            watch.disconnect();
            const field = document.activeElement;
            told(field.ariaLabel ?? field.labels?.[0]?.textContent ?? field.tagName);
        });
        watch.observe(document.body, { subtree: true, childList: true, attributes: true });
        pressed.focus();
        pressed.click();
    })
"""


class Screen:
    """One open page. `trouble` collects what the browser complained about, and every address outside this machine."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.trouble: list[str] = []
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("console", lambda message: self.trouble.append(f"{message.type}: {message.text}"))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "blob:", "data:")):
            self.trouble.append(f"asked {url}")

    @property
    def phone(self) -> Locator:
        return self.page.get_by_label("A customer's phone")

    @property
    def slack(self) -> Locator:
        return self.page.get_by_role("region", name="Slack", exact=True)

    @property
    def modal(self) -> Locator:
        return self.page.locator(".modal")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("region", name="Thread", exact=True)

    def bubble(self, text: str) -> Locator:
        return self.phone.locator(".bubble").filter(has_text=text)

    def card(self, text: str) -> Locator:
        """The newest message in the channel that says this."""
        return self.page.locator(".pane.channel .message").filter(has_text=text).last

    async def become_customer(self, name: str) -> None:
        """Somebody new with a phone."""
        await self.phone.get_by_role("button", name="Add a customer").click()
        await self.phone.get_by_label("Name of the new customer").fill(name)
        await self.page.keyboard.press("Enter")
        await expect(self.phone.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")

    async def look_at(self, customer: str) -> None:
        """Their phone. Whoever has unread messages is called so."""
        button = self.phone.get_by_role("button", name=re.compile(rf"^{customer}( \d+ unread)?$"))
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")  # what is typed before is another's draft

    async def write(self, text: str) -> None:
        """On the phone."""
        await self.phone.get_by_label("Message as the customer").fill(text)
        await self.page.keyboard.press("Enter")

    async def become(self, person: str) -> None:
        """In Slack. Whoever has something new is called so."""
        button = self.slack.get_by_role("button", name=re.compile(rf"^{person}( has something new)?$"))
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")  # what is typed before is another's draft

    async def press(self, message: Locator, button: str) -> None:
        await message.get_by_role("button", name=button, exact=True).click()

    async def cursor_when_drawn(self, pressed: Locator, drawn: str) -> str:
        """Which field has it, by its label, in the very moment in which `drawn` appears after `pressed`."""
        return str(await pressed.evaluate(_CURSOR_WHEN_DRAWN, drawn))


@asynccontextmanager
async def opened(
    browser: Browser, url: str, *, theme: Literal["light", "dark"] = "light", width: int = 1440
) -> AsyncIterator[Screen]:
    """The page at `url`. Whatever the browser complained about while it was open fails the test."""
    context = await browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    context.set_default_timeout(PATIENCE)
    try:
        screen = Screen(await context.new_page())
        await screen.page.goto(url)
        await expect(screen.slack.get_by_role("heading", level=1).first).to_be_visible()
        yield screen
        assert screen.trouble == []
    finally:
        await context.close()


async def rest(screen: Screen) -> None:
    """No pointer over anything, no cursor blinking, nothing moving any more."""
    await screen.page.mouse.move(2, 2)
    await screen.page.evaluate("document.activeElement.blur()")
    await screen.page.wait_for_timeout(500)
