"""Promise a ticket for a moment, or take the promise back."""

from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.screen import Asked, save
from bot.intents import Field, Form
from bot.submission import Submission
from bot.views.due_modal import due_modal
from bot.wire import Json
from ticketing.collaboration.due import DueRefused
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked) -> Json:
    """Raises NotFound, PermissionRefused, TicketIsDiscarded, TicketIsMerged."""
    await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.SET_DUE)
    return due_modal(await door.rooms.card(asked.ref.ticket_id), beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.DUE)
    async def promise(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            ref = form.ref
            await door.desk.set_due(ref.ticket_id, _promised(form), by=by, seen=ref.version)

        await save(door, ack, body, do, field=Field.DUE)


def _promised(form: Submission) -> datetime | None:
    """The moment, to the minute; None: the promise is taken back. Raises DueRefused: neither was given."""
    if form.values.get(Field.TAKE_BACK, {}).get(Field.TAKE_BACK, {}).get("selected_options"):
        return None
    moment = form.values.get(Field.DUE, {}).get(Field.DUE, {}).get("selected_date_time")
    if not moment:
        raise DueRefused("Choose the moment that it is promised for, or take the promise back.")
    return datetime.fromtimestamp(int(moment), UTC)
