"""People are told once of a window that closes on an answer they owe, and of no other."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.messages import Limits
from tests.factories import RULES
from tests.fakes.channels import FakeConnector
from tests.playbooks import IN_PROGRESS, RESOLVED, promising
from tests.storage.desk import ByItself, DeskAtWork, OneIssue
from ticketing.conversations.follow_tickets import follow_tickets
from ticketing.conversations.prompt import prompt_due
from ticketing.people.person import Person
from ticketing.triage.understand import Pace, understand

DAY = timedelta(hours=24)
WINDOWS = {"fake": DAY}


@pytest.fixture
async def conversation_id(desk: DeskAtWork) -> UUID:
    """Clara has a ticket, and waits."""
    desk.use(FakeConnector(limits=Limits(text=1000, window=DAY)))
    conversation_id = await desk.customer_writes()
    await understood(desk, conversation_id)
    return conversation_id


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


async def understood(desk: DeskAtWork, conversation_id: UUID) -> None:
    await understand(
        conversation_id,
        brain=OneIssue(),
        rules=replace(RULES, windows=WINDOWS),
        pace=Pace(timedelta(), timedelta()),
        reading=ByItself(desk.start),
        applying=ByItself(desk.start),
        clock=desk.clock,
    )


async def told(desk: DeskAtWork, *, clocks: int = 1) -> int:
    sweeps = (prompt_due(windows=WINDOWS, start=desk.start, now=desk.now) for _ in range(clocks))
    return sum(await asyncio.gather(*sweeps))


async def test_two_hours_before_the_end_people_are_told_once_however_many_clocks_look(
    desk: DeskAtWork, conversation_id: UUID
) -> None:
    desk.now += timedelta(hours=21, minutes=59)
    assert await told(desk) == 0
    desk.now += timedelta(minutes=1)
    assert await told(desk, clocks=3) == 1
    desk.now += timedelta(minutes=30)
    assert await told(desk) == 0
    assert (await desk.jobs()).count("WindowClosing") == 1


@pytest.mark.parametrize("why", ["answered", "resolved", "closed"])
async def test_where_nothing_is_owed_nobody_is_told(
    desk: DeskAtWork, conversation_id: UUID, mia: Person, why: str
) -> None:
    desk.now += timedelta(minutes=1)
    if why == "answered":
        await desk.desk.reply_to_conversation(conversation_id, "It is on its way.", by=mia, request="1")
        await desk.deliver(await desk.message("1"))
    elif why == "resolved":
        await desk.rows("UPDATE ticket SET status = 'resolved', status_category = 'resolved' RETURNING id")
    desk.now += DAY if why == "closed" else timedelta(hours=22)
    assert await told(desk) == 0


async def test_what_failed_is_no_answer_and_each_window_is_told_of(
    desk: DeskAtWork, conversation_id: UUID, mia: Person
) -> None:
    desk.now += timedelta(minutes=1)
    await desk.desk.reply_to_conversation(conversation_id, "It is on its way.", by=mia, request="1")
    failed = await desk.message("1")
    await desk.rows("UPDATE message SET delivery = 'failed' WHERE id = :id RETURNING id", id=failed)
    desk.now += timedelta(hours=22)
    assert await told(desk) == 1

    await desk.customer_writes("Hello?")
    await understood(desk, conversation_id)
    desk.now += timedelta(hours=22)
    assert await told(desk) == 1


async def test_a_ticket_that_was_opened_by_hand_or_is_worked_on_again_is_told_of_too(
    desk: DeskAtWork, mia: Person
) -> None:
    rules = replace(RULES, windows=WINDOWS)
    desk.use(FakeConnector(limits=Limits(text=1000, window=DAY)))
    desk.desk = replace(desk.desk, rules=rules)
    by_hand, again = await desk.customer_writes(), await desk.customer_writes(sender="+4917000000")
    desk.now += timedelta(hours=1)
    await desk.ticket(by_hand, mia)
    done = await desk.ticket(again, mia)
    await desk.desk.change_status(done.id, RESOLVED, by=mia)
    desk.now += timedelta(hours=21)
    assert await told(desk) == 1
    desk.now += timedelta(minutes=30)
    await desk.desk.change_status(done.id, IN_PROGRESS, by=mia)
    await follow_tickets(done.id, rules=rules, start=desk.start, now=desk.now)
    assert await told(desk) == 1
    assert await told(desk) == 0


async def test_working_time_is_counted_by_the_calendar_that_the_type_of_the_ticket_is_promised_by(
    desk: DeskAtWork, mia: Person
) -> None:
    desk.now = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # Monday evening; the window closes an hour after the office
    desk.follow(promising("office"))
    desk.use(FakeConnector(limits=Limits(text=1000, window=DAY)))
    desk.desk = replace(desk.desk, rules=replace(RULES, windows=WINDOWS))
    await understood(desk, await desk.customer_writes())
    await desk.ticket(await desk.customer_writes(sender="+4917000000"), mia)  # opened by hand
    desk.now = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
    assert await told(desk) == 0
    desk.now += timedelta(minutes=1)  # two hours before six in Lisbon, three before the window closes
    assert await told(desk) == 2
