"""The working day, chapter by chapter. Each capability of the desk adds one; each is seen where people would see it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from app.demo.time_travel import noon_of_a_working_day, shop
from day.day import CHANNEL, Day
from day.mail import CHAPTERS as MAIL
from day.promises import CHAPTERS as PROMISES
from day.refund import CHAPTERS as REFUND
from day.resolving import CHAPTERS as RESOLVING
from day.screens import PATIENCE, presses_at_once
from day.workplace import CHAPTERS as WORKPLACE
from day.workplace import digest
from storage.jobs.parked import count_parked
from storage.queries.running import unfinished_jobs

CHARGED = "I was charged twice for order #77120. Please pay one of them back!"
DOUBLE = "The mug from order 5512 arrived cracked, please refund me. Also, where is order 5519? It was due on Monday."


async def morning(day: Day) -> None:
    day.stage.travel.to(noon_of_a_working_day(day.stage.travel(), shop()))  # whatever day it is: the shop is open
    for agent in (day.mia, day.ben, day.sara):
        await agent.sits_down(CHANNEL)


async def greeting(day: Day) -> None:
    async with day.chapter("Nora says hello: no ticket, but somebody answers her") as chapter:
        mia = day.mia
        await day.customer("Nora")
        await day.phone.writes("Hi there! 👋")
        card = mia.card("Nora · WhatsApp")
        await mia.sees(card, "Only a greeting")
        await mia.presses(card, "Reply")
        await mia.types("Hello Nora! What can we do for you?")
        await mia.submits("Send")
        await day.phone.sees(day.phone.answers.last, "What can we do for you?")
        await mia.presses(card, "Resolve")
        await mia.sees(mia.card("Nora"), "resolved by Mia")
        await mia.sees_nothing_of(mia.card("#1"))
        chapter.say("Her conversation had a light card until it was settled: one line is left of it.")


async def charged_twice(day: Day) -> None:
    async with day.chapter("Clara was charged twice: the ticket opens itself, filled in") as chapter:
        await day.customer("Clara")
        began = time.perf_counter()
        await day.phone.writes(CHARGED)
        card = day.mia.card("#1")
        await day.mia.sees(card, "Problem with a charge: order 77120")
        chapter.say(f"The card stood in Slack {time.perf_counter() - began:.1f} s after Send.")
        for words in ("Normal", "Clara · WhatsApp", "order 77120"):
            await day.mia.sees(card, words)


async def race(day: Day) -> None:
    async with day.chapter("Mia and Ben press Claim at once: one has it, the other is told by whom") as chapter:
        both = (day.mia, day.ben)
        for agent in both:  # Clara's words stand in the thread by now: nothing redraws the card but the claim
            await agent.sees(agent.card("#1").locator("button.replies"), "1 reply")
        claims = [agent.card("#1").get_by_role("button", name="Claim", exact=True) for agent in both]
        began = await presses_at_once(both, claims)
        assignee = day.mia.card("#1").locator(".field", has_text="Assignee")
        await expect(assignee).to_contain_text(re.compile("Mia|Ben"), timeout=PATIENCE)
        took = time.perf_counter() - began
        holder = await assignee.inner_text()
        day.holder = day.mia if day.mia.name in holder else day.ben
        loser = day.other(day.holder)
        await loser.sees(loser.private, f"{day.holder.name} has already claimed")
        chapter.say(f"{day.holder.name} has it, and {loser.name} reads: “{day.holder.name} has already claimed…”")
        day.watch.promise("Claim: visible to everybody", f"1 click, {took:.2f} s", kept=True, slow=took > 1.0)


async def reply_with_second_thoughts(day: Day) -> None:
    agent = day.at_work
    async with day.chapter(
        "The answer has a slip: Undo gives the words back, and the right ones leave", seen_by=agent
    ) as c:
        card = agent.card("#1")
        await agent.opens_thread(card)
        await agent.presses(card, "Reply")
        await agent.types("Sorry Clara! The second payment of 980 dollars is on its way back.")
        await agent.submits("Send")
        await agent.presses(agent.thread, "Undo")
        await expect(agent.modal.locator("textarea").first).to_have_value(re.compile("980"), timeout=PATIENCE)
        await agent.modal.locator("textarea").first.fill("")
        await agent.types("Sorry Clara! The second payment of 98 dollars is on its way back.")
        before, began = day.watch.clicks, time.perf_counter()
        await agent.submits("Send")
        await day.phone.sees(day.phone.answers.last, "98 dollars")
        await expect(day.phone.answers).to_have_count(1, timeout=PATIENCE)
        c.say("Clara's phone shows one answer, the right one.")
        await agent.sees(agent.thread, "✓✓ read")
        sent = day.watch.clicks - before
        day.watch.promise(
            "Reply: Reply, type, Send",
            f"{1 + sent} clicks, one modal; read after {time.perf_counter() - began:.1f} s, those for Undo included",
            kept=sent == 1,
        )


async def double_issue(day: Day) -> None:
    async with day.chapter("Tom has two problems in one message: two tickets"):
        await day.customer("Tom")
        await day.phone.writes(DOUBLE)
        await day.mia.sees(day.mia.card("#2"), "order 5512")
        await day.mia.sees(day.mia.card("#3"), "order 5519")


async def correction(day: Day) -> None:
    async with day.chapter("What the AI got wrong is put right: another type, and a ticket that was none") as chapter:
        mia = day.mia
        before, began = day.watch.clicks, time.perf_counter()
        await mia.selects(mia.card("#3"), "Complaint · Shipping")
        await expect(mia.card("#3").get_by_label("Complaint · Shipping")).to_be_visible(timeout=PATIENCE)
        retyped, took = day.watch.clicks - before, time.perf_counter() - began
        before = day.watch.clicks
        await mia.presses(mia.card("#3"), "More…")
        await mia.presses(mia.modal, "Not a ticket")
        await mia.sees(mia.card("#3"), "was no ticket")
        undone = day.watch.clicks - before
        await mia.presses(mia.modal, "Put back")
        await mia.presses(mia.modal, "Done")
        await expect(mia.card("#3").get_by_label("Complaint · Shipping")).to_be_visible(timeout=PATIENCE)
        chapter.say("Each correction is kept as an example to measure the AI by.")
        words = f"type: {retyped} clicks, {took:.1f} s; not a ticket: {undone} clicks; back: 1 click"
        day.watch.promise("Correct a ticket in two clicks", words, kept=retyped == 2 and undone == 2)


async def failed_delivery(day: Day) -> None:
    async with day.chapter("Tom's phone cannot be reached: the card says so, and what to do") as chapter:
        mia, tom = day.mia, next(each for each in day.stage.twilio.customers if each.name == "Tom")
        day.stage.twilio.undeliverable(tom.number)
        await mia.presses(mia.card("#2"), "Claim")
        await mia.sees(mia.card("#2").locator(".field", has_text="Assignee"), "Mia")
        await mia.presses(mia.card("#2"), "Reply")
        await mia.types("Tom, a new mug is on its way to you.")
        await mia.submits("Send")
        await mia.sees(mia.card("#2"), "did not arrive")
        chapter.say("The team sees it on the card; nobody believes that Tom knows.")


async def resolve_and_thanks(day: Day) -> None:
    agent = day.at_work
    async with day.chapter("Clara's ticket is resolved; her thanks does not open it again", seen_by=agent) as chapter:
        card = agent.card("#1")
        await agent.presses(card, "Status")
        await agent.modal.locator("select").first.select_option(label="✅ Resolved")
        day.watch.clicked(2)
        await agent.submits("Save")
        await agent.sees(card, "Resolved")
        await day.customer("Clara")
        await day.phone.writes("Thank you so much!")
        await agent.opens_thread(card)
        await agent.sees(agent.thread, "Thank you so much!")
        await agent.sees(card, "Resolved")
        chapter.say("Her words stand in the ticket's thread; it stays resolved.")


async def survey(day: Day) -> None:
    async with day.chapter("Clara is asked how it was, and answers with a number", seen_by=day.at_work) as chapter:
        await day.phone.sees(day.phone.answers.last, "from 1 (bad) to 5")
        await day.phone.writes("5")
        await day.at_work.sees(day.at_work.thread, "5/5")
        chapter.say("The score belongs to the ticket, who worked on it, and their team; it reopens nothing.")


async def evening(day: Day) -> None:
    async with day.chapter("The evening: nothing is left undone, nothing failed unseen") as chapter:
        deadline = time.monotonic() + 60
        while await unfinished_jobs(day.stage.engine):
            assert time.monotonic() < deadline, "jobs are still waiting a minute after the last click"
            await asyncio.sleep(0.1)
        stuck = await count_parked(day.stage.engine)
        assert stuck == 0, f"{stuck} jobs are parked: see `threadline doctor`"
        chapter.say("No job waits, none is parked.")


CHAPTERS: tuple[Callable[[Day], Awaitable[None]], ...] = (
    greeting,
    charged_twice,
    race,
    reply_with_second_thoughts,
    double_issue,
    correction,
    failed_delivery,
    *WORKPLACE,
    resolve_and_thanks,
    survey,
    *REFUND,
    *PROMISES,
    digest,
    *MAIL,
    *RESOLVING,
    evening,
)
