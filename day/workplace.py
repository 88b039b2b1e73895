"""No other screen: the home tab, `/ticket`, and being brought in by a colleague."""

import time

from day.day import CHANNEL, Day


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


CHAPTERS = (home, command, mention)
