"""Make somebody answer for a ticket: a person, a team, or nobody."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.screen import Asked, save
from bot.intents import Field, Form
from bot.submission import Submission
from bot.views.owner_modal import owner_modal
from bot.views.people_menu import NOBODY, chosen_one
from bot.wire import Json
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked) -> Json:
    """Raises NotFound, PermissionRefused, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.SET_OWNER)
    return owner_modal(await door.rooms.card(asked.ref.ticket_id), seen, beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.OWNER)
    async def own(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            ref = form.ref
            person, team = chosen_one(form.chosen_or(Field.OWNER, NOBODY))
            await door.desk.set_owner(ref.ticket_id, person=person, team=team, by=by, seen=ref.version)

        await save(door, ack, body, do, field=Field.OWNER)
