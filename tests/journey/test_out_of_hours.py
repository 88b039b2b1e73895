"""Out of hours: one acknowledgement on the phone, whoever else is needed."""

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
    """A desk that opens in three days."""
    opens = f"{utc_now() + timedelta(days=3):%a} 09:00-10:00"
    async with fresh_database(postgres) as dsn, staged(dsn, brain, business_hours=opens) as made:
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
