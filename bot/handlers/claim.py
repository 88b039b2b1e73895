"""Claim, and Take over, on any card: the conversation and its open tickets become the clicker's."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.ticket_lists import show_anew
from bot.intents import Action
from bot.press import Press
from bot.text import cut
from bot.views.parts import plain, section
from bot.views.ticket_card import take_over_button
from core.errors import DeskError
from ticketing.conversations.claim import AlreadyClaimed

_YOURS = "It is yours now: the conversation, with its open tickets."


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CLAIM)
    async def claim(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await door.desk.claim(press.conversation_id, by=person)
            await show_anew(door, press)
            await door.done(press, _YOURS)
        except AlreadyClaimed as lost:
            # Who lost the race is told by whom, and finds the way to take over right there.
            button = take_over_button(lost.holder, press.value)
            await door.tell(press, lost.message, blocks=[section(plain(cut(lost.message, 2900)), accessory=button)])
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.TAKE_OVER)
    async def take_over(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await door.desk.claim(press.conversation_id, by=person, take_over=True)
            await show_anew(door, press)
            await door.done(press, _YOURS)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
