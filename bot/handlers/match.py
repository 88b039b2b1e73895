"""Same conversation and Another one, on the light card of a mail of which nobody knows for sure where it belongs."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from bot.refs import ConversationRef
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.SAME)
    async def same(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            on_card = ConversationRef.decode(press.value)
            person = await door.person(press)
            await door.desk.join_match(on_card.conversation_id, by=person, seen=on_card.version)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.ANOTHER)
    async def another(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            on_card = ConversationRef.decode(press.value)
            person = await door.person(press)
            await door.desk.keep_apart(on_card.conversation_id, by=person, seen=on_card.version)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
