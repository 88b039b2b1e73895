"""Ask something about a request before deciding, from its modal: a comment in the thread, answered there."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.approval_modal import ask_modal
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.ASK)
    async def open_ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            approval = await door.desk.approval(press.approval_id)
            await door.slack.open_view(press.trigger_id, ask_modal(approval))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.ASK)
    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            await door.desk.ask(form.approval_id, form.text(Field.TEXT), by=person, source=form.request)
        except DeskError as refusal:
            return await refuse(ack, refusal, field=Field.TEXT)  # at the field: what was typed must not be lost
        await ack()
        return None
