"""Resolve on a light card: nobody owes an answer."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.RESOLVE)
    async def resolve(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.desk.resolve(press.conversation_id, by=await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
