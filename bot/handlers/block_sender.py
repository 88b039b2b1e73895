"""Block sender, from the menu of a ticket's card or a light card: asks first."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Form
from bot.press import Press, Submission
from bot.views.block_modal import block_modal
from core.errors import DeskError


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    card = await door.light_cards.card(press.conversation_id)
    await door.slack.open_view(press.trigger_id, block_modal(card))


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
