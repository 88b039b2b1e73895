"""Merge a ticket with another one of its customer: which, what it would do, done. Parted again on the screen."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.assign import chosen_id
from bot.handlers.screen import Asked, beneath_of, refresh
from bot.intents import Field, Form
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.ticket_merge_modal import (
    OTHER,
    STAYS,
    VERSIONS,
    find_duplicate_modal,
    this_goes_on,
    ticket_merge_modal,
)
from bot.wire import Json
from core.errors import DeskError
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked) -> Json:
    """Raises NotFound, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.MERGE)
    other = next((each for each in seen.likely if each.ticket.id == asked.other_id), None)
    return find_duplicate_modal(await door.rooms.card(asked.ref.ticket_id), other=other, beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.FIND_DUPLICATE)
    async def preview(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            pair = form.ref.ticket_id, chosen_id(form, Field.DUPLICATE)
            survivor, absorbed = pair if this_goes_on(form.chosen(Field.STAYS)) else pair[::-1]
            found = await door.desk.preview_ticket_merge(survivor, absorbed, by=await door.person(form))
            view = ticket_merge_modal(await door.rooms.card(form.ref.ticket_id), found, beneath=beneath_of(form))
        except DeskError as refusal:
            await refuse(ack, refusal, field=Field.DUPLICATE)
        else:
            await ack(response_action="update", view=view)

    @bolt.view(Form.MERGE_TICKETS)
    async def merge(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            await _merge(door, form, await door.person(form))
        except DeskError as refusal:
            await refresh(door, form)
            await refuse(ack, refusal)
        else:
            await refresh(door, form)
            await ack()


async def _merge(door: Door, form: Submission, by: Person) -> None:
    try:
        stays, goes = (int(each) for each in form.said(VERSIONS).split())
        pair = form.ref.ticket_id, UUID(form.said(OTHER))
    except ValueError as error:
        raise StaleButton from error
    survivor, absorbed = pair if this_goes_on(form.said(STAYS)) else pair[::-1]
    await door.desk.merge_tickets(survivor, absorbed, by=by, seen=(stays, goes))
