"""The menu of a light card: snooze the conversation, see its customer, block its sender. And Wake, once it sleeps."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import block_sender, customer
from bot.intents import Action, Choice
from bot.press import Press
from bot.refs import StaleButton
from core.errors import DeskError
from ticketing.conversations.snooze import SnoozeChoice, snoozed_until

_CHOICES: Mapping[str, SnoozeChoice] = {
    Choice.SNOOZE_HOUR: SnoozeChoice.HOUR,
    Choice.SNOOZE_TOMORROW: SnoozeChoice.TOMORROW,
    Choice.SNOOZE_MONDAY: SnoozeChoice.MONDAY,
}


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CONVERSATION_MORE)
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            if press.choice == Choice.CUSTOMER:
                await customer.open_profile(door, press)
            elif press.choice == Choice.BLOCK:
                await block_sender.open_form(door, press)
            else:
                await _snooze(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.WAKE)
    async def wake(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.desk.wake(press.conversation_id, by=await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()


async def _snooze(door: Door, press: Press) -> None:
    if (choice := _CHOICES.get(press.choice)) is None:
        raise StaleButton
    person = await door.person(press)
    until = snoozed_until(choice, door.clock(), door.desk.zone)
    await door.desk.snooze(press.conversation_id, until, by=person)
