"""Block sender, from the menu of a ticket's card or a light card: asks first."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.screen import Asked
from bot.intents import Form
from bot.press import Press
from bot.submission import Submission
from bot.views.block_modal import block_modal
from bot.wire import Json
from core.errors import DeskError


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    await door.slack.open_view(press.trigger_id, await _form(door, press.conversation_id))


async def pushed_form(door: Door, asked: Asked) -> Json:
    """From a ticket's screen. Raises NotFound."""
    return await _form(door, asked.ref.conversation_id)


async def _form(door: Door, conversation_id: UUID) -> Json:
    return block_modal(await door.light_cards.card(conversation_id))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.BLOCK)
    async def block(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            await door.desk.block_conversations_sender(form.conversation_id, by=await door.person(form))
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
