"""Change a ticket's priority."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.priority_modal import priority_modal
from core.errors import DeskError
from ticketing.people.permissions import PermissionRefused
from ticketing.triage.suggestion import Priority


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    card = await door.rooms.card(press.ref.ticket_id)
    await door.slack.open_view(press.trigger_id, priority_modal(card))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.PRIORITY)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            ref, to = form.ref, Priority(form.chosen(Field.PRIORITY))
            person = await door.person(form)
            await door.desk.set_priority(ref.ticket_id, to, by=person, seen=ref.version)
        except PermissionRefused as refusal:
            return await refuse(ack, refusal, field=Field.PRIORITY)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
