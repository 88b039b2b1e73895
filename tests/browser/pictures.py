"""`make screenshots`: plays the demo's story, goes on a little through the page, takes the pictures of docs/images.

The survey has a stage of its own, for in the story nobody is asked; and so has what the AI does, for in the story every
order is paid back.
"""

import asyncio
import io
import subprocess
import sys
from datetime import timedelta
from shutil import which
from typing import Literal

from playwright.async_api import Browser, Locator, expect
from rich.console import Console

from app.demo.simulator import simulated
from app.demo.stage import staged
from app.demo.story import Story
from app.demo.telling import Teller
from app.demo.time_travel import noon_of_a_working_day, shop
from app.travel import Travel
from tests.browser.chromium import chromium
from tests.browser.images import IMAGES, MOST, take, too_big
from tests.browser.run_pictures import run_pictures
from tests.browser.screen import Screen, opened, rest
from tests.browser.slack_pictures import slack_pictures


def _require_signs() -> None:
    """Without a font that has them, every 🔴 of a picture is an empty box."""
    if which("fc-list") and not subprocess.run(["fc-list", ":charset=1f534"], capture_output=True, check=True).stdout:
        sys.exit("No font here has emoji: install one (fonts-noto-color-emoji), or the pictures show boxes.")


async def main() -> None:
    _require_signs()
    teller = Teller(Console(file=io.StringIO()))
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with staged(teller) as stage, chromium() as browser:
        _in_the_afternoon(stage.travel)
        await Story(stage, teller).tell()
        async with simulated(stage) as url:
            await _prepare(browser, url)
            await _conversation(browser, url, "light")
            await _conversation(browser, url, "dark")
            await _form(browser, url)
            await _telegram(browser, url)
            await _approval(browser, url)
            await _customer(browser, url)
            await _narrow(browser, url)
            stage.twilio.customer("+14155550199", name="Olga")
            await slack_pictures(browser, url, stage.travel)
    async with staged(teller, survey=0.0) as stage, chromium() as browser:
        stage.telegram.customer(7_000_000_042, name="Lena")
        async with simulated(stage) as url:
            await _survey(browser, url)
            stage.twilio.customer("+14155550167", name="Nora")
            await _promise(browser, url, stage.travel)
    async with staged(teller) as stage, chromium() as browser:
        _in_the_afternoon(stage.travel)
        stage.twilio.customer("+14155550123", name="Clara")
        async with simulated(stage) as url:
            await run_pictures(browser, url)
    if found := too_big():
        sys.exit(f"larger than {MOST:,} bytes: {', '.join(found)}")


def _in_the_afternoon(travel: Travel) -> None:
    """Four hours before the shop closes: whenever the pictures are taken, its clocks are running."""
    travel.to(noon_of_a_working_day(travel(), shop()) + timedelta(hours=2))


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
        await screen.look_at("Tom")
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill(
            "Good news, Tom: order 5519 is out for delivery and comes today."
        )
        await screen.press(screen.modal, "Send")
        await expect(screen.bubble("Good news, Tom")).to_be_visible()
        await expect(screen.thread).to_contain_text("✓✓ read")


async def _open_thread(screen: Screen) -> None:
    await screen.look_at("Tom")
    await screen.card("Where is order 5519?").locator(".replies").click()
    await expect(screen.thread).to_contain_text("✓✓ read")
    # Two tickets opened at once come into the channel in either order.
    await screen.card("Where is order 5519?").evaluate("card => card.scrollIntoView({ block: 'end' })")
    await rest(screen)


async def _conversation(browser: Browser, url: str, theme: Literal["light", "dark"]) -> None:
    async with opened(browser, url, theme=theme) as screen:
        await _open_thread(screen)
        await take(screen.page, f"simulator-{theme}")


async def _form(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.look_at("Tom")
        await screen.press(screen.card("Damaged item: order 5512"), "Reply")
        await screen.modal.get_by_label("Your reply").fill("I'm sorry about the mug. Your refund is on its way.")
        await rest(screen)
        await take(screen.page, "simulator-reply")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _telegram(browser: Browser, url: str) -> None:
    """Lena's photo, on her phone and in the thread of her ticket."""
    async with opened(browser, url) as screen:
        await screen.look_at("Lena")
        card = screen.card("order 6621")
        await screen.press(card, "Claim")
        await expect(card.get_by_role("button", name="Take over")).to_be_visible()
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill("Sorry about the mug, Lena! Your refund is on its way.")
        await screen.press(screen.modal, "Send")
        await expect(screen.bubble("Sorry about the mug")).to_be_visible()
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("✓ sent")
        await _loaded(screen.thread.locator("figure.image img"))
        await rest(screen)
        await take(screen.page, "simulator-telegram")


async def _approval(browser: Browser, url: str) -> None:
    """Lena's refund is more than Mia may give: what Sara sees."""
    async with opened(browser, url) as screen:
        await screen.look_at("Lena")
        card = screen.card("order 6621")
        await expect(card).to_contain_text("Investigating")  # by the AI, until the shop knew no such order
        await screen.press(card, "Status")
        await screen.modal.locator("select").first.select_option(label="⏳ Resolution proposed")
        await screen.modal.locator("select").nth(1).select_option(label="Refund")
        amount = screen.modal.locator(".input", has_text="Refund amount").locator("input")
        await amount.fill("250")
        await amount.press("Enter")
        await screen.modal.locator(".input", has_text="Why").locator("textarea").fill("It is broken beyond repair.")
        await screen.press(screen.modal, "Ask for approval")
        await expect(card).to_contain_text("see the request")
        await screen.become("Sara")
        await card.locator(".replies").click()
        await expect(screen.thread.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        await card.evaluate("card => card.scrollIntoView({ block: 'end' })")
        approve = screen.thread.get_by_role("button", name="Approve", exact=True)
        await approve.evaluate("button => button.scrollIntoView({ block: 'end' })")
        await rest(screen)
        await take(screen.page, "simulator-approval")


async def _customer(browser: Browser, url: str) -> None:
    """What is known of Lena, once Mia has noted some of it."""
    async with opened(browser, url) as screen:
        await screen.look_at("Lena")
        await screen.press(screen.card("order 6621"), "Customer")
        await screen.press(screen.modal, "Edit…")
        for label, value in (("Tier", "gold"), ("Time zone", "Europe/Berlin"), ("Attributes", "vip=true\norders=12")):
            await screen.modal.get_by_label(label).fill(value)
        await screen.press(screen.modal, "Save")
        await expect(screen.modal).to_contain_text("orders: 12")
        await rest(screen)
        await take(screen.page, "simulator-customer")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _survey(browser: Browser, url: str) -> None:
    """Lena's ticket is resolved, and she gives four stars."""
    async with opened(browser, url) as screen:
        await screen.look_at("Lena")
        await screen.phone.get_by_role("button", name="Start", exact=True).click()
        await expect(screen.bubble("/start")).to_be_visible()
        await screen.write("I was charged twice for order 6621. Please pay one of them back!")
        card = screen.card("order 6621")
        await screen.press(card, "Claim")
        await expect(card.get_by_role("button", name="Take over")).to_be_visible()
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill("Sorry, Lena! The second payment is on its way back.")
        await screen.modal.get_by_label("Then").select_option(label="✅ Resolved")
        await screen.press(screen.modal, "Send")
        await screen.phone.get_by_role("button", name="4 ⭐").click()
        await expect(card).to_contain_text("rated 4/5")
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("4/5")
        await screen.phone.get_by_role("button", name="Dismiss").click()  # the thanks lie over the stars
        await rest(screen)
        await take(screen.page, "simulator-survey")


async def _promise(browser: Browser, url: str, travel: Travel) -> None:
    """Nora's complaint over a lunch break: its card, a warning in its thread, and the list of those at risk."""
    async with opened(browser, url) as screen:
        noon = noon_of_a_working_day(travel(), shop())
        travel.to(noon + timedelta(minutes=50))
        await screen.look_at("Nora")
        await screen.write("My parcel with order 7741 is late again. It should have come on Friday.")
        card = screen.card("order 7741")
        await screen.press(card, "Claim")
        await expect(card.get_by_role("button", name="Take over")).to_be_visible()
        await card.locator(".replies").click()
        travel.to(noon + timedelta(hours=2, minutes=12, seconds=45))  # three quarters of 30 minutes: lunch is no hour
        await expect(screen.thread).to_contain_text("⚠️ @Mia")
        await expect(card).to_contain_text("⚠️ First response due")
        box = screen.page.locator(".pane.channel .composer textarea")
        await box.fill("/ticket at-risk")
        await box.press("Enter")
        await expect(screen.page.locator(".pane.channel article.message.private")).to_contain_text("Nora")
        await rest(screen)
        await take(screen.page, "simulator-sla")


async def _loaded(picture: Locator) -> None:
    await picture.last.scroll_into_view_if_needed()
    await picture.last.evaluate("image => image.decode()")


async def _narrow(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.page.set_viewport_size({"width": 400, "height": 800})
        await screen.page.get_by_role("tab", name="Slack").click()
        await rest(screen)
        await take(screen.page, "simulator-narrow")


if __name__ == "__main__":
    asyncio.run(main())
