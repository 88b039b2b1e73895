"""Assign a ticket to somebody of the desk."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.screen import Asked, save
from bot.intents import Field, Form
from bot.press import Press
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.assign_modal import assign_modal
from bot.wire import Json
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def open_form(door: Door, press: Press) -> None:
    """From an old card's menu. Raises Stranger, NotFound, ChannelError."""
    asked = Asked(await door.person(press), press.ref)
    await door.slack.open_view(press.trigger_id, await pushed_form(door, asked))


async def pushed_form(door: Door, asked: Asked) -> Json:
    """Raises NotFound, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.ASSIGN_SELF)
    return assign_modal(await door.rooms.card(asked.ref.ticket_id), seen, beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.ASSIGN)
    async def assign(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            ref = form.ref
            await door.desk.assign(ref.ticket_id, chosen_id(form, Field.ASSIGNEE), by=by, seen=ref.version)

        await save(door, ack, body, do, field=Field.ASSIGNEE)


def chosen_id(form: Submission, field: str) -> UUID:
    """What a menu of ours offered by its id. Raises StaleButton."""
    try:
        return UUID(form.chosen(field))
    except ValueError as error:
        raise StaleButton from error
