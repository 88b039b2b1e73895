"""No other screen: the home tab, `/ticket`, and being brought in by a colleague."""

import time

from playwright.async_api import expect

from day.day import CHANNEL, Day
from day.screens import PATIENCE


async def home(day: Day) -> None:
    async with day.chapter("Mia opens her home tab: what waits for her, the most urgent first, and why") as chapter:
        mia, began = day.mia, time.perf_counter()
        await mia.opens_the_app()
        await mia.sees(mia.app, "#2")
        took = time.perf_counter() - began
        await day.picture(mia, "home")
        await mia.goes_to(CHANNEL)
        chapter.say("Tom's ticket stands there: his phone cannot be reached.")
        day.watch.promise("App Home: it stands there", f"1 click, {took:.2f} s", kept=True, slow=took > 1.0)


async def command(day: Day) -> None:
    async with day.chapter("Mia looks for the mug by /ticket, and has it in front of her") as chapter:
        mia = day.mia
        await mia.commands("/ticket search order 5512")
        await mia.sees(mia.private, "#2")
        await mia.commands("/ticket 2")
        await mia.sees(mia.private, "order 5512")
        await mia.sees(mia.private, "Mia")
        await mia.presses(mia.private, "Reply")
        await mia.sees(mia.modal, "#2")
        await mia.presses(mia.modal, "Cancel")
        chapter.say("Only she sees the answers; their buttons are those of the card.")


async def mention(day: Day) -> None:
    async with day.chapter("Ben names Mia in Tom's thread: she is told directly, with what it is about") as chapter:
        mia, ben = day.mia, day.ben
        await ben.opens_thread(ben.card("#2"))
        await ben.writes_in_thread("@Mia the carrier needs Tom's phone number.")
        await mia.opens_the_app()
        await mia.click(mia.app.get_by_role("tab", name="Messages"))
        await mia.sees(mia.app.locator("article.message").last, "phone number")
        await day.picture(mia, "told")
        await mia.goes_to(CHANNEL)
        chapter.say("She could answer from there.")


async def own_comment(day: Day) -> None:
    agent = day.at_work
    async with day.chapter("A comment on Clara's ticket says it all: its author sends it to her", seen_by=agent) as c:
        await agent.opens_thread(agent.card("#1"))
        await agent.writes_in_thread("The bank says Thursday.")
        comment = agent.thread.locator("article.message", has_text="says Thursday").last
        await agent.chooses_in_menu(comment, "Send to customer")
        await expect(agent.modal.locator("textarea").first).to_have_value("The bank says Thursday.", timeout=PATIENCE)
        await agent.submits("Send")
        await day.customer("Clara")
        await day.phone.sees(day.phone.answers.last, "The bank says Thursday.")
        c.say("What is written in a thread stays inside until its author sends it.")


async def assigned(day: Day) -> None:
    sara, ben = day.sara, day.ben
    async with day.chapter(
        "Sara gives Tom's ticket to Ben: two letters find him, and he is told", seen_by=ben
    ) as chapter:
        card = sara.card("#2")
        before = day.watch.clicks
        await sara.presses(card, "More…")
        await sara.presses(sara.modal, "Assign…")
        await sara.looks_for("Assign to", "be", "Ben")
        await sara.presses(sara.modal, "Assign")
        await sara.sees(card.locator(".field", has_text="Assignee"), "Ben")
        clicks = day.watch.clicks - before
        await sara.presses(sara.modal, "Done")
        await ben.opens_the_app()
        await ben.click(ben.app.get_by_role("tab", name="Messages"))
        await ben.sees(ben.app.locator("article.message").last, "Sara assigned #2")
        await day.picture(ben, "told")
        await ben.goes_to(CHANNEL)
        chapter.say(f"{clicks} clicks.")


async def digest(day: Day) -> None:
    """On the morning after; told by `promises`, whose night leads there."""
    async with day.chapter("Nine o'clock: Mia's digest has what is hers, and yesterday in a picture") as chapter:
        mia = day.mia
        await mia.opens_the_app()
        await mia.click(mia.app.get_by_role("tab", name="Messages"))
        told = mia.app.locator("article.message", has_text="in numbers")
        await mia.sees(told, "opened")
        await expect(told.get_by_role("img", name="opened")).to_be_visible(timeout=PATIENCE)
        await day.picture(mia, "digest")
        await mia.goes_to(CHANNEL)
        chapter.say("It came once, at the time that she may change, on a working day.")


CHAPTERS = (home, command, mention, own_comment, assigned)
