"""Snooze a conversation without a ticket from its light card's menu, and wake it again."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action, Choice
from bot.press import Press, StaleButton
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
            if (choice := _CHOICES.get(press.choice)) is None:
                raise StaleButton
            person = await door.person(press)
            until = snoozed_until(choice, door.clock(), door.desk.zone)
            await door.desk.snooze(press.conversation_id, until, by=person)
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
