"""Replies that somebody did not type from nothing: their own comment, a saved reply, a suggestion of the AI."""

import pytest

from bot.intents import Shortcut
from emulators.twilio import Customer
from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
