"""Assign a ticket to somebody of the desk."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Field, Form
from bot.press import Press, Submission
from bot.views.assign_modal import assign_modal
from core.errors import DeskError, NotFound
from ticketing.people.permissions import PermissionRefused


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    card = await door.rooms.card(press.ref.ticket_id)
    await door.slack.open_view(press.trigger_id, assign_modal(card, await door.desk.people()))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.ASSIGN)
    async def assign(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            ref, to = form.ref, UUID(form.chosen(Field.ASSIGNEE))
            person = await door.person(form)
            await door.desk.assign(ref.ticket_id, to, by=person, seen=ref.version)
        except (PermissionRefused, NotFound) as refusal:
            return await refuse(ack, refusal, field=Field.ASSIGNEE)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
