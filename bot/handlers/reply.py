"""Reply: the one explicit way from Slack to the customer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import KEEP, Action, Field, Form
from bot.press import Press, Submission
from bot.views.reply_modal import reply_modal
from core.errors import DeskError
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.changes import TransitionRefused


async def open_form(
    door: Door, press: Press, ticket_id: UUID, person: Person, *, text: str | None = None, chosen: str | None = None
) -> None:
    """`text` and `chosen` fill it in. Raises NotFound, ChannelError."""
    card = await door.rooms.card(ticket_id)
    then = await _transitions(door, ticket_id, person)
    limits = door.desk.limits.get(card.channel)  # None: the channel has been switched off since
    form = reply_modal(card, then=then, most=limits.text if limits else None, text=text, chosen=chosen)
    await door.slack.open_view(press.trigger_id, form)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.REPLY)
    async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await open_form(door, press, press.ref.ticket_id, person)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.REPLY)
    async def send(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        then = form.chosen_or(Field.THEN, KEEP)
        try:
            await door.desk.reply(
                form.ref.ticket_id,
                form.text(Field.TEXT),
                by=await door.person(form),
                request=form.request,
                then=None if then == KEEP else then,
            )
        except (TransitionRefused, PermissionRefused) as refusal:
            return await refuse(ack, refusal, field=Field.TEXT if then == KEEP else Field.THEN)
        except DeskError as refusal:
            return await refuse(ack, refusal, field=Field.TEXT)  # at the field: what was typed must not be lost
        await ack()
        return None


async def _transitions(door: Door, ticket_id: UUID, person: Person) -> Sequence[Status]:
    """Whoever may not change the status may still reply: their form just does not ask."""
    try:
        return await door.desk.transitions(ticket_id, by=person)
    except PermissionRefused:
        return ()
