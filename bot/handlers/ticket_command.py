"""`/ticket`: what the desk has, asked from anywhere in Slack. Only who asks sees the answer."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import COMMAND
from bot.text import escape
from bot.views.at_risk import MOST, at_risk_view
from core.errors import DeskError

_HELP = "Write `/ticket at-risk`: the tickets whose SLA is in danger or broken, soonest due first."


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.command(COMMAND)
    async def ticket(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await door.person(str(body["user_id"]))
        except DeskError as refusal:
            await ack(escape(refusal.message))
            return
        if str(body.get("text", "")).strip().lower() != "at-risk":
            await ack(_HELP)
            return
        tickets = await door.rooms.at_risk(most=MOST + 1)
        await ack(text="SLA at risk", blocks=at_risk_view(tickets, await door.slack.site()))
