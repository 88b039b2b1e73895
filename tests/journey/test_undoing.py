"""Second thoughts: a reply stays at home while its Undo stands in the thread."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    """Replies can be undone for a minute: longer than any test takes to press the button."""
    async with fresh_database(postgres) as dsn, staged(dsn, brain, undo_seconds=60) as made:
        yield made


async def test_an_undone_reply_never_reaches_the_phone_and_can_be_written_anew(stage: Stage) -> None:
    uwe = stage.customer("Uwe Unsure")
    card = await stage.writes(uwe, "My mug from order 4711 arrived broken, I want a refund.")
    await stage.fills(stage.mia, card, "reply", {"text": "Deer Uwe, we are sorry."})

    def reply() -> Json | None:
        return next((each for each in stage.thread(card) if "Deer Uwe" in stage.text(each)), None)

    post = await until(reply, "the reply in the thread")
    assert "sending in a moment" in stage.text(post)
    assert (await stage.mia.press(stage.channel, post["ts"], "reply.undo")).outcome == "acknowledged"

    await until(lambda: "withdrawn before it was sent" in stage.thread_text(card), "the reply to be withdrawn")
    assert "[Undo]" not in stage.thread_text(card)
    assert "Deer Uwe, we are sorry." in stage.text(stage.mia.modals()[-1])
    assert stage.twilio.calls_of("messages.create") == []
    assert uwe.inbox == ()


async def test_a_reply_without_a_ticket_is_undone_on_its_light_card(stage: Stage) -> None:
    una = stage.customer("Una Undone")
    await una.write("Hello! Good morning :)")

    def card() -> Json | None:
        posts = stage.slack.channel_messages(stage.channel)
        return next((each for each in posts if "Una Undone" in stage.text(each)), None)

    def shown() -> str:
        return stage.text(card() or {})

    light = await until(card, "the light card")
    await stage.press_light(stage.mia, light, "conversation.reply")
    await stage.mia.submit(stage.mia.modals()[-1]["id"], {"text": "Deer Una, hello."})

    await until(
        lambda: "📤 Mia → customer: “Deer Una, hello.” · sending in a moment" in shown(), "the reply on the card"
    )
    assert "[Undo]" in shown()
    assert (await stage.mia.press(stage.channel, light["ts"], "reply.undo")).outcome == "acknowledged"

    await until(lambda: "Deer Una" not in shown(), "the reply to be gone from the card")
    assert "[Undo]" not in shown()
    form = stage.mia.modals()[-1]
    assert "Deer Una, hello." in stage.text(form)
    assert (await stage.mia.submit(form["id"], {"text": "Dear Una, hello."})).outcome == "closed"
    await until(lambda: "“Dear Una, hello.” · sending in a moment" in shown(), "the new reply on the card")
    assert una.inbox == ()
