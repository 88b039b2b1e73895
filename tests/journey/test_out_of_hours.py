"""What a desk says by itself: out of hours that it is closed, and in the end how did we do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from core.instants import utc_now
from tests.conftest import fresh_database
from tests.journey.stage import Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def closed(postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    """A desk that opens in three days, and asks how it did as soon as a ticket is resolved."""
    opens = f"{utc_now() + timedelta(days=3):%a} 09:00-10:00"
    async with (
        fresh_database(postgres) as dsn,
        staged(dsn, brain, business_hours=opens, survey_after_minutes=0) as made,
    ):
        yield made


async def test_a_burst_of_ten_greetings_is_one_light_card_and_one_acknowledgement(closed: Stage) -> None:
    tim = closed.customer("Tim Ten")

    await asyncio.gather(*(tim.write(f"hello {number}") for number in range(10)))

    shown = closed.text(await closed.light_card_of(tim))
    (told,) = tim.inbox
    assert told.body is not None
    assert told.body.startswith("Thank you for your message. We are closed at the moment and will be back on ")
    assert "📤 Threadline" in shown
    assert "✓✓ delivered" in shown


async def test_the_thread_of_a_ticket_shows_it_and_the_next_message_brings_no_other(closed: Stage) -> None:
    dora = closed.customer("Dora Deutsch")

    card = await closed.writes(dora, "Meine Tasse aus Bestellung 4711 kam kaputt an, ich möchte mein Geld zurück.")
    await dora.write("Bestellung 4711, wie gesagt!")
    await closed.settled()

    (told,) = dora.inbox
    assert told.body is not None
    assert told.body.startswith("Danke für Ihre Nachricht. Wir haben gerade geschlossen")
    assert "Danke für Ihre Nachricht" in closed.thread_text(card)


async def test_whoever_is_asked_how_we_did_answers_with_a_number_and_the_ticket_says_so(closed: Stage) -> None:
    clara = closed.customer("Clara Content")
    card = await closed.writes(clara, "My parcel 4711 is damaged, I want my money back.")
    await closed.press(closed.mia, card, "claim")
    await closed.fills(closed.mia, await closed.card_of(clara), "status", {"status": "resolved"})
    await closed.settled()

    question = clara.inbox[-1].body or ""
    assert question.startswith("How did we do?")
    await clara.write("2/5")

    card = await closed.card_of(clara)
    assert "⚠️ rated 2/5" in closed.text(card)
    said = closed.thread_text(card)
    assert "📤 Threadline" in said
    assert "Clara Content · ⭐⭐☆☆☆ 2/5" in said
    assert len(clara.inbox) == 2  # the acknowledgement and the question: a score makes no work for anybody
