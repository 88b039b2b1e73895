"""Clara's returns, once Sara lets the AI work on them: one without a click, one with hers."""

import re
import time
from collections.abc import Awaitable, Callable

from app.demo.playbooks import follow
from day.day import Day

TEAPOT = "My teapot arrived broken, order #78932. I'd like a refund."
GRINDER = "And the grinder of order #78951 arrived broken, too. I'd like a refund for it, please."


async def alone(day: Day) -> None:
    async with day.chapter("Sara lets the AI resolve returns: Clara's 89 are refunded without a click") as chapter:
        mia = day.mia
        chapter.say(await follow(day.stage, "retail"))
        await day.customer("Clara")
        before, began = day.watch.clicks, time.perf_counter()
        await day.phone.writes(TEAPOT)
        card = mia.card("order 78932")
        await mia.sees(card, "Closed")
        await day.phone.sees(day.phone.answers.last, "89.00 USD is on its way")
        took, clicks = time.perf_counter() - began, day.watch.clicks - before
        assert (await day.stage.shop.refunded()) == ["ch_78932"], "the shop has paid once"
        words = f"{clicks} clicks, {took:.1f} s from Send to a closed ticket and the news on the phone"
        day.watch.promise("A small refund: nobody is needed", words, kept=not clicks, slow=took > 10.0)


async def agreed(day: Day) -> None:
    async with day.chapter("250 is for Sara to say: she sees what the AI found, and agrees", seen_by=day.sara) as c:
        sara = day.sara
        await day.phone.writes(GRINDER)
        card = sara.card("order 78951")
        await sara.opens_thread(card)
        for words in ("Approval needed: Refund over 200", "Amount: 250.00 USD", "Order number: 78951"):
            await sara.sees(sara.thread, words)
        await day.picture(sara, "the evidence")
        before, began = day.watch.clicks, time.perf_counter()
        await sara.presses(sara.thread, "Approve")
        await day.phone.sees(day.phone.answers.last, "We have refunded 250.00 USD")
        c.say(f"{day.watch.clicks - before} click; Clara was told {time.perf_counter() - began:.1f} s after it.")
        await day.phone.writes("Yes, thank you!")
        await sara.sees(card, re.compile("Customer accepted"))
        assert (await day.stage.shop.refunded()).count("ch_78951") == 1, "the shop has paid once"


CHAPTERS: tuple[Callable[[Day], Awaitable[None]], ...] = (alone, agreed)
