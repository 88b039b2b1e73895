"""Give a ticket tags, and take some away. What a colleague has changed meanwhile stays changed."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.screen import Asked, save
from bot.intents import Field, Form
from bot.submission import Submission
from bot.views.tags_modal import tags_modal
from bot.wire import Json
from ticketing.people.permissions import Act
from ticketing.people.person import Person


async def pushed_form(door: Door, asked: Asked) -> Json:
    """Raises NotFound, TicketIsDiscarded, TicketIsMerged."""
    await door.desk.overview(asked.ref.ticket_id, by=asked.person, to=Act.TAG)
    return tags_modal(await door.rooms.card(asked.ref.ticket_id), beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.TAGS)
    async def tag(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def do(form: Submission, by: Person) -> None:
            before = _shown(body["view"])
            now = _values(form.values.get(Field.TAGS, {}).get(Field.TAGS, {}).get("selected_options"))
            add, gone = [each for each in now if each not in before], [each for each in before if each not in now]
            await door.desk.tag(form.ref.ticket_id, add=add, remove=gone, by=by)

        await save(door, ack, body, do, field=Field.TAGS)


def _shown(view: Mapping[str, Any]) -> list[str]:
    """The tags that the form was drawn with: what is missing now, its reader took away."""
    menus = [block["element"] for block in view["blocks"] if block.get("block_id") == Field.TAGS]
    return _values(menus[0].get("initial_options")) if menus else []


def _values(options: object) -> list[str]:
    return [str(each["value"]) for each in options] if isinstance(options, list) else []
