"""It arrived, and Send again: what people do about a reply that nobody knows to have arrived, or that failed."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.ARRIVED)
    async def arrived(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.desk.confirm_arrival(press.message_id, by=await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.SEND_AGAIN)
    async def send_again(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.desk.send_again(press.message_id, by=await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
