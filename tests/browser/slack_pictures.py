"""The pictures of docs/slack.md: single parts of the Slack window, large enough to be read."""

from datetime import timedelta

from playwright.async_api import Browser, Locator, expect

from app.travel import Travel
from tests.browser.images import take
from tests.browser.screen import Screen, opened, rest


async def slack_pictures(browser: Browser, url: str, travel: Travel) -> None:
    """After the others: Mia has tickets of Tom's and Lena's, and Sara is asked for an approval."""
    await _card(browser, url)
    await _reply(browser, url)
    await _work(browser, url)
    await _list(browser, url)
    await _told(browser, url)
    travel.to(travel() + timedelta(minutes=190))  # Olga should hear from them within four hours
    await _home(browser, url)


async def _card(browser: Browser, url: str) -> None:
    async with opened(browser, url, width=1240) as screen:
        await shoot(screen, screen.card("Damaged item: order 5512"), "slack-card")


async def _home(browser: Browser, url: str) -> None:
    """Mia's morning, and Sara's, who has something to decide."""
    async with opened(browser, url) as screen:
        await screen.page.set_viewport_size({"width": 1240, "height": 1120})
        await as_app(screen, "Mia")
        await expect(pane(screen)).to_contain_text("customer wrote 3 h ago")
        await shoot(screen, pane(screen), "slack-home")
        await screen.page.set_viewport_size({"width": 1240, "height": 640})
        await as_app(screen, "Sara")
        await expect(pane(screen)).to_contain_text("Waiting for your decision")
        await shoot(screen, pane(screen), "slack-home-approval")


async def _reply(browser: Browser, url: str) -> None:
    """A suggestion in the form, to be edited before it is sent: to somebody whom nobody has answered."""
    async with opened(browser, url, width=1240) as screen:
        await screen.look_at("Olga")
        await screen.write("Where is my parcel, order 5530? The carrier says it has gone.")
        await screen.press(screen.card("order 5530"), "Reply")
        await screen.press(screen.modal, "Suggest reply ✨")
        await expect(screen.modal.get_by_label("Your reply")).not_to_have_value("")
        await shoot(screen, screen.modal, "slack-reply")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _work(browser: Browser, url: str) -> None:
    """Everything behind More."""
    async with opened(browser, url, width=1240) as screen:
        await screen.page.set_viewport_size({"width": 1240, "height": 1300})
        await screen.press(screen.card("Damaged item: order 5512"), "More…")
        await expect(screen.modal).to_contain_text("Tags")
        await shoot(screen, screen.modal, "slack-more")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _list(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.page.set_viewport_size({"width": 1440, "height": 1300})
        box = screen.page.locator(".pane.channel .composer textarea")
        await box.fill("/ticket list")
        await box.press("Enter")
        answer = screen.page.locator(".pane.channel article.message.private").last
        await expect(answer).to_contain_text("#2")
        await shoot(screen, answer, "slack-list")


async def _told(browser: Browser, url: str) -> None:
    """Ben names Mia in a thread: what she is told by herself."""
    async with opened(browser, url) as screen:
        await screen.become("Ben")
        await screen.card("Where is order 5519?").locator(".replies").click()
        await screen.thread.get_by_label("Reply in thread").fill("@Mia the carrier needs Tom's phone number.")
        await screen.page.keyboard.press("Enter")
        await as_app(screen, "Mia")
        await pane(screen).get_by_role("tab", name="Messages").click()
        told = pane(screen).locator("article.message").last
        await expect(told).to_contain_text("phone number")
        await shoot(screen, told, "slack-told")


def pane(screen: Screen) -> Locator:
    return screen.page.locator(".pane.app")


async def as_app(screen: Screen, person: str) -> None:
    """What this person sees of the app itself."""
    await screen.become(person)
    await screen.slack.get_by_role("button", name="Threadline").click()


async def shoot(screen: Screen, what: Locator, name: str) -> None:
    await what.scroll_into_view_if_needed()
    await rest(screen)
    await take(what, name)
