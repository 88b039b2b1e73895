"""A doubtful mail on its light card: one click says where it belongs, and the card says what became of it."""

import pytest

from bot.client import Slack
from bot.intents import Action
from emulators.slack import Person
from tests.bot.mails import Letterbox
from tests.bot.office import EITHER_WAY, Office, told


@pytest.fixture
async def letterbox(office: Office, slack: Slack) -> Letterbox:
    return Letterbox(office, slack)


@EITHER_WAY
async def test_same_conversation_in_one_click(letterbox: Letterbox, mia: Person) -> None:
    first = await letterbox.receives("My mug broke.", "max@home.example")
    doubtful = await letterbox.receives("I have the other half.", "eve@elsewhere.example", first)
    shown = await letterbox.card()
    assert "Looks like it belongs to the conversation “Mug” with Eve <!here>" in shown
    assert "I have the other half." in shown
    assert "eve@elsewhere.example does not take part in it" in shown

    await letterbox.press(mia, Action.SAME)

    assert "🔗 goes on as the conversation “Mug” with Eve <!here>, says Mia" in await letterbox.card()
    assert (await letterbox.where(doubtful)).id == (await letterbox.where(first)).id


async def test_another_one_in_one_click_and_who_comes_later_is_told_who_decided(
    letterbox: Letterbox, mia: Person, ben: Person
) -> None:
    first = await letterbox.receives("My mug broke.", "max@home.example")
    doubtful = await letterbox.receives("I have the other half.", "eve@elsewhere.example", first)
    await letterbox.card()

    await letterbox.press(mia, Action.ANOTHER)
    await letterbox.press(ben, Action.SAME)

    assert told(ben) == "Mia has already said that this conversation is one of its own."
    assert "a conversation of its own, says Mia" in await letterbox.card()
    assert (await letterbox.where(doubtful)).id != (await letterbox.where(first)).id


async def test_nothing_happens_for_a_stranger(letterbox: Letterbox, stranger: Person) -> None:
    first = await letterbox.receives("My mug broke.", "max@home.example")
    doubtful = await letterbox.receives("I have the other half.", "eve@elsewhere.example", first)
    await letterbox.card()
    for action in (Action.SAME, Action.ANOTHER):
        await letterbox.press(stranger, action)
        assert told(stranger).startswith("You are not in Threadline")
    assert (await letterbox.where(doubtful)).id != (await letterbox.where(first)).id
