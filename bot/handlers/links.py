"""Link a ticket with another one, or take a link away."""

import json
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.assign import chosen_id
from bot.handlers.screen import Asked, save, take_away
from bot.intents import Field, Form, Work
from bot.press import Press
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.links_modal import chosen_kind, links_modal
from bot.wire import Json
from ticketing.collaboration.link import Link, LinkKind
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked, said: str = "") -> Json:
    """Raises NotFound, TicketIsDiscarded, TicketIsMerged."""
    seen = await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.LINK)
    return links_modal(await door.rooms.card(asked.ref.ticket_id), seen, beneath=asked.beneath, said=said)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.LINKS)
    async def link(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            kind, is_back = chosen_kind(form.chosen(Field.KIND))
            pair = [form.ref.ticket_id, chosen_id(form, Field.LINKED)]
            origin, target = pair[::-1] if is_back else pair
            await door.desk.link(origin, kind, target, by=by)

        await save(door, ack, body, do, field=Field.LINKED)

    @bolt.action(Work.UNLINK)
    async def unlink(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(press: Press, by: Person) -> None:
            gone = _named(press.value)
            await door.desk.unlink(gone.origin, gone.kind, gone.target, by=by)

        await take_away(door, ack, body, do, pushed_form)


def _named(value: str) -> Link:
    """The link that a button was drawn for. Raises StaleButton."""
    try:
        given = json.loads(value)
        return Link(LinkKind(given["k"]), UUID(given["f"]), UUID(given["o"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StaleButton from error
