"""Have a colleague or a team watch a ticket, or take them off."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.screen import Asked, save, take_away
from bot.intents import Field, Form, Work
from bot.press import Press
from bot.submission import Submission
from bot.views.people_menu import chosen_one
from bot.views.watchers_modal import watchers_modal
from bot.wire import Json
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked, said: str = "") -> Json:
    """Raises NotFound, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.WATCH)
    return watchers_modal(await door.rooms.card(asked.ref.ticket_id), seen, beneath=asked.beneath, said=said)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.WATCHERS)
    async def add(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            person, team = chosen_one(form.chosen(Field.WATCHER))
            await door.desk.watch(form.ref.ticket_id, by=by, person=person, team=team)

        await save(door, ack, body, do, field=Field.WATCHER)

    @bolt.action(Work.TAKE_OFF)
    async def take_off(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(press: Press, by: Person) -> None:
            await door.desk.unwatch(press.ref.ticket_id, by=by, who=press.other_id)

        await take_away(door, ack, body, do, pushed_form)
