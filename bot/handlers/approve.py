"""Approve, on a request in a thread or at home: one click, and the post says who did."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from core.errors import DeskError
from ticketing.approvals.approval import Verdict


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.APPROVE)
    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await door.desk.decide(press.approval_id, Verdict.APPROVE, by=person)
            await door.done(press, "You have approved it.")
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
