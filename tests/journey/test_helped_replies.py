"""Replies that somebody did not type from nothing: their own comment, a saved reply, a suggestion of the AI."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from bot.intents import Action, Field, Shortcut
from emulators.twilio import Customer
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    """A shop, with its saved replies."""
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(DEFAULT)), dsn)
        async with staged(dsn, brain) as made:
            yield made


def read_by(customer: Customer) -> list[str]:
    """What they have been sent."""
    return [message.body for message in customer.inbox]


async def test_ones_own_comment_reaches_the_customer_once_its_author_sends_it(stage: Stage) -> None:
    cora = stage.customer("Cora Comment")
    card = await stage.writes(cora, "My mug from order 4711 arrived broken, I want a refund.")
    said = await stage.mia.say(stage.channel, "We send you a new one tomorow.", card["ts"])
    await stage.mia.edit(stage.channel, said.message["ts"], "We send you a new one tomorrow.")
    await stage.ben.message_shortcut(stage.channel, said.message["ts"], Shortcut.SEND_COMMENT)
    assert "only they can send it" in stage.text(stage.ben.modals()[-1])
    await stage.mia.message_shortcut(stage.channel, said.message["ts"], Shortcut.SEND_COMMENT)
    await stage.settled()
    assert read_by(cora) == []
    assert (await stage.mia.submit(stage.mia.modals()[-1]["id"])).outcome == "closed"
    await stage.settled()
    assert read_by(cora) == ["We send you a new one tomorrow."]
    assert "📤 Mia → customer" in stage.thread_text(card)


async def test_a_saved_reply_and_a_suggestion_are_edited_and_reach_the_customer_once_they_are_sent(
    stage: Stage,
) -> None:
    sven = stage.customer("Sven Suggest")
    card = await stage.writes(sven, "My mug from order 4711 arrived broken, I want a refund.")
    form = (await stage.opens(stage.mia, card, "reply"))["id"]
    await stage.mia.press_in(form, Field.SAVED_REPLY, value="Passed on to the carrier")
    await stage.mia.press_in(form, Action.SUGGEST)
    await until(lambda: "Suggested by the AI" in stage.text(stage.mia.modals()[-1]), "a suggestion in the form")
    await stage.settled()
    assert read_by(sven) == []
    assert (await stage.mia.submit(form)).outcome == "closed"
    await stage.settled()
    (reply,) = read_by(sven)
    assert reply.startswith("We have asked the carrier and will tell you as soon as they answer.")
    assert "———\n\nHello Sven Suggest, could you send us a photo of the item and of its box?" in reply
    (record,) = await stage.rows(
        "SELECT after FROM activity WHERE kind = 'reply.written' AND after->>'drafted_by' = 'ai'"
    )
    assert record
