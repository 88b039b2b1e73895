"""Type: the menu on the card. Type and category change together."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from bot.refs import Ref
from bot.views.type_menu import chosen_type
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.TYPE)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            ref, (kind, category) = Ref.decode(press.block), chosen_type(press.value)
            person = await door.person(press)
            await door.desk.change_type(ref.ticket_id, kind, category, by=person, seen=ref.version)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
