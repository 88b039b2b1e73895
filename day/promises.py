"""What was promised to Nora: time stands still over lunch and at night, a warning, a step of escalation, a breach.

Time jumps at the desk (docs/sla.md); what is expected is added up here by hand, from the times on the shop's door.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any

from playwright.async_api import Locator, expect
from sqlalchemy import text

from app.demo.time_travel import ZONE
from day.day import Day
from day.screens import PATIENCE, Agent

LATE = "My parcel with order 7741 is late again. It should have come on Friday."
TWICE = "I was charged twice for order 7750. Please pay one of them back!"
CARD, NEXT = 5, 6  # Nora's ticket, and Paul's
LUNCH, AFTER_LUNCH, EVENING, MORNING = time(13), time(14), time(18), time(9)  # on the shop's door
_FIRST_RESPONSE = {"urgent": 15, "high": 30, "normal": 120, "low": 240}  # minutes, to complaints
_MOMENT = timedelta(seconds=2)


async def lunch(day: Day) -> None:
    async with day.chapter("Nora complains ten minutes before lunch: her time stands still until the shop opens") as c:
        mia = day.mia
        await _jump(day, _at(day, time(12, 50)))
        await day.customer("Nora")
        await day.phone.writes(LATE)
        card = _card(mia, CARD)
        due = await _due(day, CARD, closes=LUNCH, opens=_at(day, AFTER_LUNCH))
        await mia.sees(card, f"First response due Today, {_written(due)}")
        await mia.presses(card, "Claim")
        await mia.sees(card.locator(".field", has_text="Assignee"), "Mia")
        await mia.opens_thread(card)
        await _jump(day, _at(day, time(13, 55)))
        await mia.sees(card, f"First response due Today, {_written(due)}")
        assert await _told(day, CARD) == []
        c.say(f"It is due at {due:%H:%M}: an hour of lunch is no hour of hers. At 13:55 nobody has been told anything.")


async def warning(day: Day) -> None:
    async with day.chapter("Three quarters of it are used: Mia is reminded, in the thread") as chapter:
        mia = day.mia
        await _jump_to_share(day, 75)
        await mia.sees(mia.thread, "⚠️")
        await mia.sees(mia.thread, f"@Mia: first response on #{CARD}")
        await mia.sees(_card(mia, CARD), "⚠️ First response due")
        assert await _told(day, CARD) == ["warning"]
        chapter.say("One message, once; the card says it too.")


async def escalation(day: Day) -> None:
    sara = day.sara
    async with day.chapter("Nine tenths: Sara is told too, as the playbook's step says", seen_by=sara) as chapter:
        await sara.opens_thread(_card(sara, CARD))
        await _jump_to_share(day, 90)
        await sara.sees(sara.thread, "@Sara")
        assert await _told(day, CARD) == ["warning", "step:90%"]
        chapter.say("Sara supervises the team.")


async def breach(day: Day) -> None:
    sara = day.sara
    async with day.chapter("It is overrun: a breach in the thread, and on top of /ticket at-risk", seen_by=sara) as c:
        await _jump_to_share(day, 100)
        await sara.sees(sara.thread, "🔴")
        await sara.sees(_card(sara, CARD), "🔴 First response was due")
        assert await _told(day, CARD) == ["warning", "step:90%", "breached"]
        await sara.commands("/ticket at-risk")
        await sara.sees(sara.private, f"#{CARD}")
        await sara.sees(sara.private, "Nora")
        await day.picture(sara, "at risk")
        await day.mia.presses(_card(day.mia, CARD), "Reply")
        await day.mia.types("I am sorry, Nora! I have called the carrier: it comes tomorrow.")
        await day.mia.submits("Send")
        await day.phone.sees(day.phone.answers.last, "it comes tomorrow")
        await sara.sees_nothing_of(_card(sara, CARD).get_by_text("First response"))
        c.say("Mia answers, and that clock says no more; it stays a breach.")


async def night(day: Day) -> None:
    mia = day.mia
    async with day.chapter("Paul writes ten minutes before closing: he is answered next morning, in time") as chapter:
        await _jump(day, _at(day, time(17, 50)))
        await day.customer("Paul")
        await day.phone.writes(TWICE)
        card, tomorrow = _card(mia, NEXT), _at(day, MORNING) + timedelta(days=1)
        due = await _due(day, NEXT, closes=EVENING, opens=tomorrow)
        await mia.sees(card, f"First response due Tomorrow, {_written(due)}")
        button = mia.page.get_by_role("button", name="Next morning")
        await button.focus()
        await mia.page.keyboard.press("Enter")
        day.watch.clicked()
        await expect(mia.page.locator("#head .travel time")).to_contain_text(" 9:0", timeout=PATIENCE)
        assert day.stage.travel() >= tomorrow
        await _jump(day, tomorrow + _MOMENT)
        assert await _told(day, NEXT) == []
        await mia.presses(card, "Reply")
        await mia.types("Good morning Paul! One of the two payments is on its way back.")
        await mia.submits("Send")
        await day.phone.sees(day.phone.answers.last, "on its way back")
        await mia.sees_nothing_of(card.get_by_text("First response"))
        chapter.say(f"Due at {due:%H:%M} of the next day; the night did not count, and nobody was woken.")


def _card(agent: Agent, number: int) -> Locator:
    """By its whole number: an order's may begin with it."""
    return agent.page.locator(".pane.channel article.message:not(.private)", has_text=re.compile(rf"#{number} \w"))


async def _jump(day: Day, to: datetime) -> None:
    """Unless it is later there already, by a story that took its time."""
    if to > day.stage.travel():
        day.stage.travel.to(to)


async def _jump_to_share(day: Day, percent: int) -> None:
    """To the moment after so much of Nora's first response is used, in which lunch does not count."""
    due = await _due(day, CARD, closes=LUNCH, opens=_at(day, AFTER_LUNCH))
    await _jump(day, due - await _promised(day, CARD) * (100 - percent) / 100 + _MOMENT)


def _at(day: Day, there: time) -> datetime:
    """Of the desk's present day."""
    return datetime.combine(day.stage.travel().astimezone(ZONE).date(), there, ZONE)


async def _due(day: Day, number: int, *, closes: time, opens: datetime) -> datetime:
    """Of the first response: what is left of it at closing time goes on when the shop opens."""
    await day.mia.sees(_card(day.mia, number), "First response")
    (row,) = await _rows(day, "SELECT created_at FROM ticket WHERE number = :number", number)
    opened: datetime = row[0]
    before = datetime.combine(opened.astimezone(ZONE).date(), closes, ZONE) - opened
    return opens + await _promised(day, number) - before


async def _promised(day: Day, number: int) -> timedelta:
    (row,) = await _rows(day, "SELECT priority FROM ticket WHERE number = :number", number)
    return timedelta(minutes=_FIRST_RESPONSE[row[0]])


async def _told(day: Day, number: int) -> list[str]:
    """What the record says that the first response told people."""
    rows = await _rows(
        day,
        "SELECT after->>'event' FROM activity WHERE kind = 'sla.fired' AND after->>'clock' = 'first_response' "
        "AND after->>'event' <> 'at_risk' AND stream_id = (SELECT id FROM ticket WHERE number = :number) ORDER BY seq",
        number,
    )
    return [row[0] for row in rows]


async def _rows(day: Day, query: str, number: int) -> list[tuple[Any, ...]]:
    async with day.stage.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), {"number": number})]


def _written(instant: datetime) -> str:
    """As Slack shows it in English."""
    return f"{instant.astimezone(ZONE):%-I:%M %p}"


CHAPTERS: tuple[Callable[[Day], Awaitable[None]], ...] = (lunch, warning, escalation, breach, night)
