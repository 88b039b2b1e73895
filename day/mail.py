"""Dana's mails: a ticket with her photo, an answer in her own thread, a stranger who says that he belongs there."""

import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, expect

from day.day import Day
from day.screens import PATIENCE, Screen

CARD = "#7"  # her ticket
ASKED = "Hello,\n\nmy teapot from order 8810 arrived broken, see the photo. I want a refund, please.\n\nDana"
THANKS = "That would be lovely, thank you. When will it come?"


class Mailbox(Screen):
    """A customer's mailbox, on their phone."""

    @property
    def shown(self) -> Locator:
        return self.page.locator("#phone .mailbox")

    async def writes(self, subject: str, text: str, *, photo: bool = False) -> None:
        """A new mail, taken by the desk's server."""
        await self.shown.get_by_role("button", name="New mail").click()
        await self.shown.get_by_label("Subject").fill(subject)
        await self.shown.get_by_label("Your mail").fill(text)
        if photo:
            await self.shown.get_by_role("button", name="Attach a file").click()
            await self.page.get_by_role("menuitem", name="A sample picture").click()
        await self.sends()

    async def replies(self, text: str) -> None:
        """To what is on the screen."""
        await self.shown.get_by_role("button", name="Reply").click()
        await self.shown.get_by_label("Your mail").fill(text)
        await self.sends()

    async def sends(self) -> None:
        await self.shown.get_by_role("button", name="Send", exact=True).click()
        await expect(self.shown.get_by_text("The desk's server has it").last).to_be_visible(timeout=PATIENCE)

    async def reads(self, words: str) -> None:
        """In the newest mail, as it looks."""
        frame = self.shown.locator(".mail").last.frame_locator("iframe.page")
        await expect(frame.get_by_text(words)).to_be_visible(timeout=PATIENCE)


async def arrives(day: Day) -> None:
    async with day.chapter(
        "Dana writes a mail with a photo: a ticket that shows it, and Mia answers at once"
    ) as chapter:
        await day.customer("Dana")
        mia, mailbox, began = day.mia, Mailbox(day.phone.page, day.watch), time.perf_counter()
        await mailbox.writes("Broken teapot", ASKED, photo=True)
        card = mia.card(CARD)
        await mia.sees(card, "Dana · E-mail")
        took = time.perf_counter() - began
        await mia.opens_thread(card)
        await mia.sees(mia.thread, "Broken teapot")
        await expect(mia.thread.get_by_role("img", name="picture.jpg")).to_be_visible(timeout=PATIENCE)
        await mia.presses(card, "Reply")
        await mia.types("I am *sorry*, Dana! Shall I send you a new one?")
        await mia.submits("Send")
        chapter.say(f"Her mail came by SMTP; the card stood in Slack {took:.1f} s after she began to write.")


async def doubtful(day: Day) -> None:
    """While Mia's answer can still be undone."""
    async with day.chapter(
        "A stranger names her ticket in his subject: he waits, until Mia says he belongs there"
    ) as c:
        mia = day.mia
        await day.customer("Uwe")
        await Mailbox(day.phone.page, day.watch).writes(
            f"About [{CARD}]", "Dana asked me to send you this: lid 8810-B."
        )
        card = mia.card("Uwe · E-mail")
        await mia.sees(card, f"Looks like it belongs to {CARD}")
        await mia.sees(card, "Not proven")
        await mia.sees_nothing_of(mia.thread.get_by_text("8810-B"))
        before = day.watch.clicks
        await mia.presses(card, "Same conversation")
        await mia.sees(mia.thread, "8810-B")
        clicks = day.watch.clicks - before
        c.say("Whoever guesses a number gets nowhere by himself.")
        day.watch.promise("A doubtful mail: said where it belongs", f"{clicks} click", kept=clicks == 1)


async def answered(day: Day) -> None:
    async with day.chapter("Mia's answer stands below Dana's mail; hers comes back without what it quotes") as chapter:
        await day.customer("Dana")
        mia, mailbox = day.mia, Mailbox(day.phone.page, day.watch)
        await mailbox.reads("sorry")
        await mailbox.replies(THANKS)
        said = mia.thread.locator("article.message", has_text="lovely").last
        await mia.sees(said, "When will it come?")
        await mia.sees_nothing_of(said.get_by_text("Shall I send"))
        await day.picture(mailbox, "her mailbox")
        chapter.say("In her mailbox it is one conversation; on the ticket her words stand once.")


CHAPTERS: tuple[Callable[[Day], Awaitable[None]], ...] = (arrives, doubtful, answered)
