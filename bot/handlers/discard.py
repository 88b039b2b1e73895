"""Not a ticket, and Put back. Neither asks: each undoes the other."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from core.errors import DeskError


async def discard(door: Door, press: Press) -> None:
    """Raises Stranger, CorrectionRefused, ChangedMeanwhile."""
    person = await door.person(press)
    await door.desk.discard(press.ref.ticket_id, by=person, seen=press.ref.version)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.PUT_BACK)
    async def put_back(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await door.desk.restore(press.ref.ticket_id, by=person, seen=press.ref.version)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
