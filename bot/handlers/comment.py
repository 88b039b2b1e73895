"""Comment, from its modal. What people write in the thread itself is in `thread_message.py`."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.comment_modal import comment_modal
from core.errors import DeskError


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    card = await door.rooms.card(press.ref.ticket_id)
    await door.slack.open_view(press.trigger_id, comment_modal(card))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.COMMENT)
    async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await open_form(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.COMMENT)
    async def add(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            await door.desk.comment(form.ref.ticket_id, form.text(Field.TEXT), by=person, source=form.request)
        except DeskError as refusal:
            return await refuse(ack, refusal, field=Field.TEXT)  # at the field: what was typed must not be lost
        await ack()
        return None
