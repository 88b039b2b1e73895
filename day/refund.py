"""Lena's refund, on Telegram, as a return goes: what its form asks for, an approval, her yes, the end with a note."""

import re
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from day.day import Day
from day.screens import PATIENCE

BROKEN = "My set of mugs arrived broken, order 6621. I want my 250 dollars back."
CORRECTED = "My set of mugs arrived broken, order 6627. I want my 250 dollars back."
_ACCEPTED = "Customer accepted"
CARD, AFTER = "#4", "#5"  # her ticket, and the next one, which nobody opens


async def photo_on_telegram(day: Day) -> None:
    async with day.chapter("Lena sends a photo on Telegram: a return, with the photo in its thread") as chapter:
        mia, phone = day.mia, day.phone
        await day.customer("Lena")
        await phone.starts()
        began = time.perf_counter()
        await phone.sends_photo(BROKEN)
        card = mia.card(CARD)
        for words in ("order 6621", "Lena · Telegram", "New"):
            await mia.sees(card, words)
        await mia.opens_thread(card)
        await expect(mia.thread.locator("figure.image img").last).to_be_visible(timeout=PATIENCE)
        chapter.say(f"Photo to picture in the thread: {time.perf_counter() - began:.1f} s.")


async def edit_after_the_answer(day: Day) -> None:
    async with day.chapter("Lena changes her words after Mia's answer: the thread says so") as chapter:
        mia, phone = day.mia, day.phone
        card = mia.card(CARD)
        await mia.presses(card, "Claim")
        await mia.sees(card.locator(".field", has_text="Assignee"), "Mia")
        await mia.presses(card, "Reply")
        await mia.types("Lena, we are looking into *order 6621*.")
        await mia.submits("Send")
        await phone.sees(phone.answers.last, "Lena, we are looking into order 6621.")
        await phone.edits("My set of mugs arrived", CORRECTED)
        await mia.opens_thread(card)
        await mia.sees(mia.thread, "order 6627")
        await mia.sees(mia.thread, re.compile("edited.*after Mia.s answer"))
        await mia.sees(card, re.compile("Order number: 6621.*stale"))
        chapter.say("What Mia answered to is still readable; what the ticket took from those words is marked as stale.")


async def fields(day: Day) -> None:
    async with day.chapter("Mia fills in the return: what the next field is follows from the one before") as chapter:
        mia = day.mia
        card, before = mia.card(CARD), day.watch.clicks
        await mia.presses(card, "Fields")
        await mia.asks_for("Order number").fill("6627")
        await mia.picks("Reason for the return", "Arrived damaged")
        await mia.picks("Condition of the item", "Broken")
        await day.picture(mia, "the form")
        await mia.submits("Save")
        await mia.sees(card, re.compile("Order number: 6627(?!.*stale)"))
        await mia.sees(card, "Arrived damaged")
        chapter.say(
            f"{day.watch.clicks - before} clicks; the order number stood there, marked as stale: she had changed it."
        )


async def asking(day: Day) -> None:
    async with day.chapter("250 is more than Mia may give back: the form says so, and asks Sara") as chapter:
        mia = day.mia
        card = mia.card(CARD)
        await mia.presses(card, "Status")
        await mia.submits("Save")
        await mia.sees(card, "Investigating")
        before = day.watch.clicks
        await mia.presses(card, "Status")
        await mia.picks("New status", "⏳ Resolution proposed")
        await mia.picks("Resolution", "Refund")
        await mia.asks_for("Refund amount").fill("250")
        await mia.asks_for("Refund amount").press("Enter")
        await mia.sees(mia.modal, "Refund over 200 needs an approval")
        await mia.asks_for("Why").fill("The photo shows it: it is broken beyond repair.")
        await day.picture(mia, "the form")
        await mia.submits("Ask for approval")
        await mia.sees(card, "Investigating")
        await mia.sees(mia.thread, "Approval needed: Refund over 200")
        chapter.say(f"One form, {day.watch.clicks - before} clicks; what it asks for follows from what stands in it.")


async def approving(day: Day) -> None:
    mia, ben, sara = day.mia, day.ben, day.sara
    async with day.chapter(
        "Sara sees the evidence and presses Approve: settled for everybody", seen_by=sara
    ) as chapter:
        await sara.opens_thread(sara.card(CARD))
        for words in ("asked for by Mia", "Amount: 250.00 USD", "Order number: 6627", "broken beyond repair"):
            await sara.sees(sara.thread, words)
        await expect(sara.thread.locator("figure.image img").last).to_be_visible(timeout=PATIENCE)
        await day.picture(sara, "the evidence")
        before, began = day.watch.clicks, time.perf_counter()
        await sara.presses(sara.thread, "Approve")
        for agent in (mia, ben, sara):
            await agent.sees(agent.card(CARD), "Resolution proposed")
        took = time.perf_counter() - began
        await mia.sees(mia.thread, "was approved by Sara. The ticket went on")
        for agent in (mia, sara):
            await agent.sees_nothing_of(agent.thread.get_by_role("button", name="Approve"))
        clicks = day.watch.clicks - before
        words = f"{clicks} click, {took:.1f} s until the ticket had gone on, for everybody"
        day.watch.promise("Approve: the evidence on the screen", words, kept=clicks == 1, slow=took > 2.0)
        chapter.say("The photo, the amount, the order and the reason stand in one thread with the button.")


async def accepting(day: Day) -> None:
    async with day.chapter("Lena is asked whether that is all right, and presses Accept") as chapter:
        mia, phone = day.mia, day.phone
        below = phone.page.locator("#phone .below")
        await phone.sees(below.last, "Not solved")
        await day.picture(phone, "the proposal")
        began = time.perf_counter()
        await phone.taps("Accept")
        await mia.sees(mia.card(CARD), _ACCEPTED)
        chapter.say(f"Her press moved the ticket: accepted on the card after {time.perf_counter() - began:.1f} s.")
        await phone.sees(below.last, "4 ⭐")
        await phone.taps("4 ⭐")
        await mia.sees(mia.card(CARD), "rated 4/5")
        await mia.sees_nothing_of(mia.card(AFTER))


async def closing(day: Day) -> None:
    async with day.chapter("Mia closes it, with the note that this takes") as chapter:
        mia = day.mia
        card, before = mia.card(CARD), day.watch.clicks
        await mia.presses(card, "Status")
        await mia.picks("New status", "🔒 Closed")
        await mia.asks_for("Note").fill("Refunded through the payment provider.")
        await day.picture(mia, "the form")
        await mia.submits("Save")
        await mia.sees(card, "Closed")
        chapter.say(f"{day.watch.clicks - before} clicks.")


CHAPTERS: tuple[Callable[[Day], Awaitable[None]], ...] = (
    photo_on_telegram,
    edit_after_the_answer,
    fields,
    asking,
    approving,
    accepting,
    closing,
)
