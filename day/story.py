"""The working day, chapter by chapter. Each capability of the desk adds one; each is seen where people would see it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from app.demo.stage import Stage
from day.screens import Agent, Phone, presses_at_once
from day.watch import Chapter, Watch
from storage.jobs.parked import count_parked
from storage.queries.running import unfinished_jobs

CHANNEL = "support"
PARCEL = "My parcel arrived damaged — order #78932. I'd like a refund, please."
LAMP = "My lamp arrived like this, order 6621. I want a refund."
DOUBLE = "The mug from order 5512 arrived cracked, please refund me. Also, where is order 5519? It was due on Monday."
_LONG = 30_000.0  # milliseconds


@dataclass(slots=True)
class Day:
    """Clara, Tom, Nora and, on Telegram, Lena write; Mia and Ben work. `pictures` is a folder."""

    stage: Stage
    watch: Watch
    phone: Phone
    mia: Agent
    ben: Agent
    pictures: Path
    holder: Agent | None = None  # who won the race for Clara's ticket

    @asynccontextmanager
    async def chapter(self, title: str, *, seen_by: "Agent | Phone | None" = None) -> AsyncIterator[Chapter]:
        """Counts, and takes a picture at the end, also of what went wrong."""
        number = len(self.watch.chapters) + 1
        with self.watch.chapter(title) as chapter:
            try:
                yield chapter
            finally:
                name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
                await (seen_by or self.mia).picture(self.pictures / f"{number:02}-{name}.png")

    async def customer(self, name: str) -> None:
        """Who writes now: on the phone, and beside Slack in the others' windows, so that pictures show it."""
        for window in (self.phone, Phone(self.mia.page, self.watch), Phone(self.ben.page, self.watch)):
            await window.take(name)

    def other(self, agent: Agent) -> Agent:
        return self.ben if agent is self.mia else self.mia

    @property
    def at_work(self) -> Agent:
        assert self.holder is not None, "nobody has claimed Clara's ticket"
        return self.holder


async def morning(day: Day) -> None:
    for agent in (day.mia, day.ben):
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


async def damaged_parcel(day: Day) -> None:
    async with day.chapter("Clara's parcel is damaged: the ticket opens itself, filled in") as chapter:
        await day.customer("Clara")
        began = time.perf_counter()
        await day.phone.writes(PARCEL)
        card = day.mia.card("#1")
        await day.mia.sees(card, "Damaged item: order 78932")
        chapter.say(f"The card stood in Slack {time.perf_counter() - began:.1f} s after Send.")
        for words in ("High", "Clara · WhatsApp", "order 78932"):
            await day.mia.sees(card, words)


async def race(day: Day) -> None:
    async with day.chapter("Mia and Ben press Claim at once: one has it, the other is told by whom") as chapter:
        both = (day.mia, day.ben)
        for agent in both:  # Clara's words stand in the thread by now: nothing redraws the card but the claim
            await agent.sees(agent.card("#1").locator("button.replies"), "1 reply")
        claims = [agent.card("#1").get_by_role("button", name="Claim", exact=True) for agent in both]
        began = time.perf_counter()
        await presses_at_once(both, claims)
        assignee = day.mia.card("#1").locator(".field", has_text="Assignee")
        await expect(assignee).to_contain_text(re.compile("Mia|Ben"), timeout=_LONG)
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
        await agent.presses(card, "Reply")
        await agent.types("Sorry Clara! Your refund of 980 euros is on its way.")
        await agent.submits("Send")
        await agent.opens_thread(card)
        await agent.presses(agent.thread, "Undo")
        await expect(agent.modal.locator("textarea").first).to_have_value(re.compile("980"), timeout=_LONG)
        await agent.modal.locator("textarea").first.fill("")
        await agent.types("Sorry Clara! Your refund of 98 euros is on its way.")
        before, began = day.watch.clicks, time.perf_counter()
        await agent.submits("Send")
        await day.phone.sees(day.phone.answers.last, "98 euros")
        await expect(day.phone.answers).to_have_count(1, timeout=_LONG)
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
        await expect(mia.card("#3").get_by_label("Complaint · Shipping")).to_be_visible(timeout=_LONG)
        retyped, took = day.watch.clicks - before, time.perf_counter() - began
        before = day.watch.clicks
        await mia.chooses(mia.card("#3"), "Not a ticket")
        await mia.sees(mia.card("#3"), "was no ticket")
        undone = day.watch.clicks - before
        await mia.presses(mia.card("#3"), "Put back")
        await expect(mia.card("#3").get_by_label("Complaint · Shipping")).to_be_visible(timeout=_LONG)
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


async def photo_on_telegram(day: Day) -> None:
    async with day.chapter("Lena sends a photo on Telegram: it stands in the ticket's thread") as chapter:
        mia, phone = day.mia, day.phone
        await day.customer("Lena")
        await phone.starts()
        began = time.perf_counter()
        await phone.sends_photo(LAMP)
        card = mia.card("#4")
        await mia.sees(card, "order 6621")
        await mia.sees(card, "Lena · Telegram")
        await mia.opens_thread(card)
        await expect(mia.thread.locator("figure.image img").last).to_be_visible(timeout=_LONG)
        chapter.say(f"Photo to picture in the thread: {time.perf_counter() - began:.1f} s.")


async def edit_after_the_answer(day: Day) -> None:
    async with day.chapter("Lena changes her words after Mia's answer: the thread says so") as chapter:
        mia, phone = day.mia, day.phone
        card = mia.card("#4")
        await mia.presses(card, "Claim")
        await mia.sees(card.locator(".field", has_text="Assignee"), "Mia")
        await mia.presses(card, "Reply")
        await mia.types("Lena, your refund for *order 6621* is on its way.")
        await mia.submits("Send")
        await phone.sees(phone.answers.last, "Lena, your refund for order 6621 is on its way.")
        await phone.edits("My lamp arrived", "My lamp arrived like this, order 6627. I want a refund.")
        await mia.opens_thread(card)
        await mia.sees(mia.thread, "order 6627")
        await mia.sees(mia.thread, re.compile("edited.*after Mia.s answer"))
        chapter.say("What Mia answered to is still readable; on Telegram her *bold* is bold.")


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


async def surveys(day: Day) -> None:
    async with day.chapter("Both are asked how it was: Clara answers with a number, Lena with stars") as chapter:
        mia, phone = day.mia, day.phone
        await phone.sees(phone.answers.last, "from 1 (bad) to 5")
        await phone.writes("5")
        agent = day.at_work
        await agent.sees(agent.thread, "5/5")
        await day.customer("Lena")
        card = mia.card("#4")
        await mia.presses(card, "Status")
        await mia.modal.locator("select").first.select_option(label="✅ Resolved")
        day.watch.clicked(2)
        await mia.submits("Save")
        await phone.sees(phone.page.locator("#phone .below"), "4 ⭐")
        await phone.taps("4 ⭐")
        await mia.sees(mia.card("#4"), "rated 4/5")
        await mia.sees_nothing_of(mia.card("#5"))
        chapter.say("Scores belong to the ticket, who worked on it, and their team; they reopen nothing.")


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
    damaged_parcel,
    race,
    reply_with_second_thoughts,
    double_issue,
    correction,
    failed_delivery,
    photo_on_telegram,
    edit_after_the_answer,
    resolve_and_thanks,
    surveys,
    evening,
)
