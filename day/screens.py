"""People at their screens: each a window of the simulator in a real browser, used as a hand would use it.

Every click is counted, a menu's opening too; typing is not. Whatever does not come within a generous time fails loudly.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from app.demo.time_travel import ZONE
from day.watch import Watch

PATIENCE = 30_000.0  # milliseconds: a machine that others use is slow, and still right
_SIZE = {"width": 1440, "height": 900}


async def window(browser: Browser, address: str) -> Page:
    """A window of the simulator, ready to be used."""
    page = await browser.new_page(
        viewport={"width": _SIZE["width"], "height": _SIZE["height"]}, timezone_id=str(ZONE), locale="en-US"
    )
    page.set_default_timeout(PATIENCE)
    await page.goto(address)
    await expect(page.locator("#head .live")).to_have_text("Live", timeout=PATIENCE)
    return page


class Screen:
    """A window in somebody's hands."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self._watch = watch

    async def click(self, what: Locator) -> None:
        await what.click()
        self._watch.clicked()

    def clicked(self) -> None:
        self._watch.clicked()

    async def sees(self, where: Locator, words: str | re.Pattern[str]) -> None:
        """Raises AssertionError when the words do not come."""
        await expect(where).to_contain_text(words, timeout=PATIENCE)

    async def sees_nothing_of(self, where: Locator) -> None:
        await expect(where).to_have_count(0, timeout=PATIENCE)

    async def picture(self, file: Path) -> None:
        await self.page.wait_for_timeout(150)  # what glides into place has arrived
        await self.page.screenshot(path=file)


_AT_THE_INSTANT = """
    (found, [name, at]) => new Promise((done) => setTimeout(() => {
        const same = () => [...document.querySelectorAll(".pane.channel article.message button")];
        const button = found.isConnected ? found : same().find((each) => each.textContent.trim() === name);
        if (button) button.click();
        done(Boolean(button));
    }, at - Date.now()))
"""


async def presses_at_once(agents: Sequence["Agent"], buttons: Sequence[Locator]) -> float:
    """Each their own button, at the same instant: which one, by `time.perf_counter`.

    The first press redraws everybody's screen, and a press that comes after the redrawing is none. So each window is
    told beforehand when to press; a button that was redrawn before that is looked for again there.
    """
    found = [await button.element_handle(timeout=PATIENCE) for button in buttons]
    at = time.time() * 1000 + 700
    told = [[(await each.inner_text()).strip(), at] for each in found]
    pressed = await asyncio.gather(
        *(each.evaluate(_AT_THE_INSTANT, with_) for each, with_ in zip(found, told, strict=True))
    )
    assert all(pressed), "a button was gone before it could be pressed"
    for agent in agents:
        agent.clicked()
    return time.perf_counter() - (time.time() - at / 1000)


class Phone(Screen):
    """A customer's phone, in a window beside Slack."""

    async def take(self, name: str) -> None:
        """Be this customer, and have their phone on the screen: what is typed before is another's draft."""
        button = self.page.locator("#phone .customers button", has_text=name)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)

    async def writes(self, text: str) -> None:
        box = self.page.get_by_label("Message as the customer")
        await box.fill(text)
        await box.press("Enter")
        await expect(self.page.locator("#phone .bubble.out").last).to_contain_text(text[:40], timeout=PATIENCE)

    async def starts(self) -> None:
        """Telegram only: nobody can be written to who has not."""
        await self.page.locator("#phone").get_by_role("button", name="Start", exact=True).click()

    async def sends_photo(self, caption: str) -> None:
        await self.page.get_by_label("Message as the customer").fill(caption)
        await self.page.get_by_role("button", name="Send a picture or a file").click()
        await self.page.get_by_role("menuitem", name="A sample picture").click()
        await expect(self.bubble(caption).locator("img")).to_be_visible(timeout=PATIENCE)

    async def edits(self, words: str, new: str) -> None:
        """Change a message of one's own that says this."""
        await self.bubble(words).hover()
        await self.bubble(words).get_by_role("button", name="Edit this message").click()
        box = self.page.get_by_label("Message as the customer")
        await box.fill(new)
        await box.press("Enter")
        await expect(self.bubble(new)).to_contain_text("edited", timeout=PATIENCE)

    async def taps(self, button: str) -> None:
        """A button under a message of the desk's."""
        await self.page.locator("#phone .below").get_by_role("button", name=button, exact=True).last.click()

    def bubble(self, words: str) -> Locator:
        return self.page.locator("#phone .bubble.out", has_text=words).last

    @property
    def answers(self) -> Locator:
        """What came from the desk, oldest first."""
        return self.page.locator("#phone .bubble.in")


class Agent(Screen):
    """A colleague in Slack."""

    def __init__(self, page: Page, watch: Watch, name: str) -> None:
        super().__init__(page, watch)
        self.name = name

    async def sits_down(self, channel: str) -> None:
        """Be this person, and look at this channel."""
        people = self.page.get_by_role("group", name="Who you are in Slack")
        button = people.get_by_role("button", name=re.compile(rf"^{self.name}|{self.name}$")).first
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
        await self.goes_to(channel)

    async def goes_to(self, channel: str) -> None:
        await self.page.locator(".sidebar .rooms button", has_text=channel).click()

    async def opens_the_app(self) -> None:
        """Threadline itself: its home tab, and what it tells this person alone."""
        await self.click(self.page.locator(".sidebar").get_by_role("button", name="Threadline"))

    @property
    def app(self) -> Locator:
        return self.page.locator(".pane.app")

    async def writes_in_thread(self, text: str) -> None:
        """In the thread that is open."""
        await self.thread.get_by_label("Reply in thread").fill(text)
        await self.page.keyboard.press("Enter")

    async def commands(self, text: str) -> None:
        """Into the channel's own field."""
        box = self.page.locator(".pane.channel .composer textarea")
        await box.fill(text)
        await box.press("Enter")

    def card(self, words: str) -> Locator:
        """The card in the channel that says this."""
        return self.page.locator(".pane.channel article.message", has_text=words)

    @property
    def private(self) -> Locator:
        """The newest message that only this person sees."""
        return self.page.locator(".pane.channel article.message.private").last

    @property
    def modal(self) -> Locator:
        return self.page.locator("form.modal")

    @property
    def thread(self) -> Locator:
        return self.page.locator(".pane.thread")

    async def presses(self, where: Locator, button: str) -> None:
        await self.click(where.get_by_role("button", name=button, exact=True))

    async def selects(self, where: Locator, label: str) -> None:
        """An option of a drop-down: two clicks, one to open it and one to choose."""
        await where.locator("select").select_option(label=label)
        self._watch.clicked(2)

    def asks_for(self, label: str) -> Locator:
        """The field of the open form that is called so."""
        named = self.page.locator("label", has_text=re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
        return self.modal.locator(".input", has=named).locator("input, textarea, select")

    async def picks(self, label: str, option: str) -> None:
        """An option of this field: two clicks, one to open it and one to choose. Whatever follows is drawn by then."""
        await self.asks_for(label).select_option(label=option)
        self._watch.clicked(2)

    async def opens_thread(self, card: Locator) -> None:
        """And wait until it stands there: another may be open."""
        root = await card.first.get_attribute("data-key")
        await self.click(card.locator("button.replies"))
        await expect(self.thread.locator(f"[data-key='{root}']")).to_be_visible(timeout=PATIENCE)

    async def chooses_in_menu(self, message: Locator, name: str) -> None:
        """Of what stands in a message's menu: one click to open it, one to choose."""
        await message.hover()
        await self.presses(message, "More")
        await self.click(self.page.get_by_role("menuitem", name=name, exact=True))

    async def looks_for(self, label: str, typed: str, option: str) -> None:
        """In a menu that offers what fits what was typed: one click into it, one on the option."""
        await self.click(self.asks_for(label))
        await self.asks_for(label).fill(typed)
        await self.click(self.modal.get_by_role("option", name=option))

    async def types(self, text: str) -> None:
        """Into the field that has the cursor: a form that needs a click first has failed."""
        await expect(self.modal.locator("textarea").first).to_be_focused(timeout=PATIENCE)
        await self.page.keyboard.insert_text(text)

    async def submits(self, button: str) -> None:
        await self.presses(self.modal, button)
        await self.sees_nothing_of(self.modal)
