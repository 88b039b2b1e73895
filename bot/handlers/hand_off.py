"""Hand a ticket to another team: with a colleague there where one may choose, and a word for them."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.assign import chosen_id
from bot.handlers.screen import Asked, beneath_of, save
from bot.intents import Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.hand_off_modal import hand_off_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.collaboration.hand_off import HandOffRefused
from ticketing.people.permissions import Act
from ticketing.people.person import Person
from ticketing.tickets.comment import TextRefused


async def pushed_form(door: Door, asked: Asked, to: UUID | None = None) -> Json:
    """Raises NotFound, PermissionRefused, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.HAND_OFF)
    card, teams = await door.rooms.card(asked.ref.ticket_id), await door.desk.teams()
    return hand_off_modal(card, seen, teams, to=to, beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Field.TEAM)
    async def choose_team(ack: AsyncAck, body: dict[str, Any]) -> None:
        form, press = Submission.decode(body), Press.decode(body)
        with suppress(DeskError, ValueError):  # the form stays as it is, and sending says what is wrong
            asked = Asked(await door.person(form), form.ref, beneath_of(form))
            view = await pushed_form(door, asked, UUID(press.value))
            await door.slack.update_view(form.view_id, str(body["view"]["hash"]), view)
        await ack()

    @bolt.view(Form.HAND_OFF)
    async def hand_off(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            ref, note = form.ref, form.text(Field.NOTE).strip()
            to = chosen_id(form, Field.COLLEAGUE) if form.chosen_or(Field.COLLEAGUE, "") else None
            team, request = chosen_id(form, Field.TEAM), form.request
            await door.desk.hand_off(ref.ticket_id, team, to=to, by=by, note=note, request=request, seen=ref.version)

        at: Mapping[type[DeskError], str] = {HandOffRefused: Field.COLLEAGUE, TextRefused: Field.NOTE}
        await save(door, ack, body, do, field=Field.TEAM, at=at)
