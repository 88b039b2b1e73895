"""No more digests: one click on one of them. Preferences bring them back."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from core.errors import DeskError

_DONE = "You get no more digests. “Preferences” on Threadline's Home tab brings them back."


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.NO_DIGEST)
    async def stop(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            wanted = await door.desk.preferences(by=person)
            await door.desk.prefer(replace(wanted, digest=False), by=person)
            await door.tell(press, _DONE)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
