"""Out of hours a customer who waits for people is told once when they are back, and nobody else is told anything."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import next_opening
from sla.notation import parse_hours
from tests.factories import RULES, a_suggestion
from tests.storage.desk import ByItself, DeskAtWork, OneIssue, Says
from ticketing.conversations.acknowledge import acknowledgement
from ticketing.triage.suggestion import Triager
from ticketing.triage.understand import Pace, understand

HOURS = parse_hours("Mon-Fri 09:00-18:00", ZoneInfo("Europe/Berlin"))
EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # Monday, 20:00 in Berlin
HELLO = Says(a_suggestion(worthy=False))
THANKS = Says(a_suggestion(worthy=False, awaits_answer=False))
TOLD = "Thank you for your message. We are closed at the moment and will be back on Tuesday, 11/24 at 09:00."


async def understood(desk: DeskAtWork, conversation: UUID, brain: Triager) -> None:
    await understand(
        conversation,
        brain=brain,
        rules=replace(RULES, hours=HOURS),
        pace=Pace(timedelta(), timedelta()),
        reading=ByItself(desk.start),
        applying=ByItself(desk.start),
        clock=desk.clock,
    )


async def told(desk: DeskAtWork) -> list[str]:
    rows = await desk.rows("SELECT text FROM message WHERE direction = 'out' ORDER BY at, id")
    return [row.text for row in rows]


@pytest.fixture
def evening(desk: DeskAtWork) -> DeskAtWork:
    desk.now = EVENING
    return desk


@pytest.mark.parametrize("brain", [HELLO, OneIssue()], ids=["passed to people", "a ticket"])
async def test_it_is_told_once_in_a_closed_period_by_threadline_through_the_outbox(
    evening: DeskAtWork, brain: Triager
) -> None:
    for _ in range(3):
        conversation = await evening.customer_writes("Hello?")
        await asyncio.gather(*(understood(evening, conversation, brain) for _ in range(3)))
        evening.now += timedelta(hours=1)
    assert await told(evening) == [TOLD]
    (row,) = await evening.rows("SELECT author_id, author_name, delivery FROM message WHERE direction = 'out'")
    assert tuple(row) == (None, "Threadline", "pending")
    (record,) = await evening.rows("SELECT actor_kind FROM activity WHERE kind = 'reply.written'")
    assert record.actor_kind == "system"
    assert (await evening.jobs()).count("ReplyDue") == 1
    assert await evening.broken_chains() == []


async def test_the_next_night_it_is_told_again(evening: DeskAtWork) -> None:
    for _ in range(2):
        await understood(evening, await evening.customer_writes("Hello?"), HELLO)
        evening.now += timedelta(days=1)
    assert len(await told(evening)) == 2


async def test_within_the_hours_nothing_is_said(evening: DeskAtWork) -> None:
    evening.now = EVENING - timedelta(hours=6)
    await understood(evening, await evening.customer_writes("Hello?"), HELLO)
    assert await told(evening) == []


async def test_a_thanks_is_not_answered_by_a_machine_also_on_a_live_ticket(evening: DeskAtWork) -> None:
    mia = await evening.person("Mia")
    conversation = await evening.customer_writes("thanks!")
    await understood(evening, conversation, THANKS)
    await evening.ticket(conversation, mia)
    await evening.customer_writes("thanks again!")
    await understood(evening, conversation, THANKS)
    assert await told(evening) == []


async def test_it_stands_in_the_room_of_the_ticket_as_being_about_the_conversation(evening: DeskAtWork) -> None:
    await understood(evening, await evening.customer_writes("My mug is broken."), OneIssue())
    (row,) = await evening.rows(
        "SELECT concerns FROM room_entry JOIN message ON message.id = message_id WHERE direction = 'out'"
    )
    assert row.concerns is False


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "back on Tuesday, 11/24 at 09:00"),
        ("de", "am Dienstag, 24.11. um 09:00 Uhr"),
        ("es", "el martes 24/11 a las 09:00"),
        ("fr", "le mardi 24/11 à 09:00"),
        ("pt", "terça-feira 24/11 às 09:00"),
        ("und", "back on Tuesday"),
        ("xx", "back on Tuesday"),
    ],
)
def test_it_says_when_in_the_customers_language_and_the_desks_zone(language: str, words: str) -> None:
    assert words in acknowledgement(language, next_opening(HOURS, EVENING), HOURS)


async def test_it_is_nobodys_answer_so_what_was_no_ticket_can_still_be_discarded(evening: DeskAtWork) -> None:
    mia, ben = await evening.person("Mia"), await evening.person("Ben")
    conversation = await evening.customer_writes("Hello?")
    await understood(evening, conversation, OneIssue())
    assert await told(evening) == [TOLD]
    (ticket,) = await evening.desk.claim(conversation, by=mia)
    discarded = await evening.desk.discard(ticket.id, by=ben)
    assert discarded.discarded_by == ben.id
