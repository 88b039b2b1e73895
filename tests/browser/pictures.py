"""`make screenshots`: plays the demo's story, goes on a little through the page, takes the pictures of docs/images."""

import asyncio
import io
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, expect
from rich.console import Console

from app.demo.simulator import simulated
from app.demo.stage import staged
from app.demo.story import Story
from app.demo.telling import Teller
from tests.browser.chromium import chromium
from tests.browser.screen import Screen, opened

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MOST = 300_000  # bytes of a picture


async def main() -> None:
    teller = Teller(Console(file=io.StringIO()))
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with staged(teller) as stage, chromium() as browser:
        await Story(stage, teller).tell()
        async with simulated(stage) as url:
            await _prepare(browser, url)
            await _conversation(browser, url, "light")
            await _conversation(browser, url, "dark")
            await _form(browser, url)
            await _narrow(browser, url)
    too_big = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST]
    if too_big:
        sys.exit(f"larger than {MOST:,} bytes: {', '.join(too_big)}")


async def _prepare(browser: Browser, url: str) -> None:
    """Tom's parcel: Mia has claimed it and asked Ben, and Tom has had his answer."""
    async with opened(browser, url) as screen:
        card = screen.card("Where is order 5519?")
        await screen.press(card, "Claim")
        await expect(card.get_by_role("button", name="Take over")).to_be_visible()
        await card.locator(".replies").click()
        await screen.become("Ben")
        await screen.thread.get_by_label("Reply in thread").fill(
            "The carrier says: out for delivery, today before 6 pm."
        )
        await screen.page.keyboard.press("Enter")
        await expect(screen.thread.locator(".message").filter(has_text="out for delivery")).to_have_count(1)
        await screen.become("Mia")
        await screen.phone.get_by_role("button", name="Tom", exact=True).click()
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill(
            "Good news, Tom: order 5519 is out for delivery and comes today."
        )
        await screen.press(screen.modal, "Send")
        await expect(screen.bubble("Good news, Tom")).to_be_visible()
        await expect(screen.thread).to_contain_text("✓✓ read")


async def _open_thread(screen: Screen) -> None:
    await screen.phone.get_by_role("button", name="Tom", exact=True).click()
    await screen.card("Where is order 5519?").locator(".replies").click()
    await expect(screen.thread).to_contain_text("✓✓ read")
    # Two tickets opened at once come into the channel in either order.
    await screen.card("Where is order 5519?").evaluate("card => card.scrollIntoView({ block: 'end' })")
    await _rest(screen)


async def _conversation(browser: Browser, url: str, theme: Literal["light", "dark"]) -> None:
    async with opened(browser, url, theme=theme) as screen:
        await _open_thread(screen)
        await screen.page.screenshot(path=IMAGES / f"simulator-{theme}.png")


async def _form(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.phone.get_by_role("button", name="Tom", exact=True).click()
        await screen.press(screen.card("Damaged item: order 5512"), "Reply")
        await screen.modal.get_by_label("Your reply").fill("I'm sorry about the mug. Your refund is on its way.")
        await _rest(screen)
        await screen.page.screenshot(path=IMAGES / "simulator-reply.png")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _narrow(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.page.set_viewport_size({"width": 400, "height": 800})
        await screen.page.get_by_role("tab", name="Slack").click()
        await _rest(screen)
        await screen.page.screenshot(path=IMAGES / "simulator-narrow.png")


async def _rest(screen: Screen) -> None:
    """No pointer over anything, no cursor blinking, nothing moving any more."""
    await screen.page.mouse.move(2, 2)
    await screen.page.evaluate("document.activeElement.blur()")
    await screen.page.wait_for_timeout(500)


if __name__ == "__main__":
    asyncio.run(main())
