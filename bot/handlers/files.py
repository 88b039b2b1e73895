"""The list of a ticket's files, with fresh links."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from bot.views.files_modal import MOST, files_modal
from core.errors import DeskError, MessageRefused


async def open_list(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    ticket_id = press.ref.ticket_id
    card = await door.rooms.card(ticket_id)
    files = await door.rooms.files(ticket_id, most=MOST + 1)
    try:
        await door.slack.open_view(press.trigger_id, files_modal(card, files))
    except MessageRefused as error:
        if error.vendor_code != "invalid_arguments":
            raise
        # Slack does not show one of the pictures; the links are what is asked for.
        plain = [replace(each, file=replace(each.file, slack_file=None)) for each in files]
        await door.slack.open_view(press.trigger_id, files_modal(card, plain))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.FILES)
    async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await open_list(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
