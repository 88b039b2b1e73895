"""Fields: a form with those that are there; others come as it is filled in."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.field_inputs import PREFIX, errors_of, raw_values
from bot.views.fields_modal import fields_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.fields.refusals import FieldsMissing, FieldsRefused
from ticketing.fields.values import Raw
from ticketing.people.person import Person
from ticketing.playbook.fields import FieldKind

_MOST_FILES = 100


async def _ours(body: dict[str, Any]) -> bool:
    """Other forms have inputs of these names, too."""
    return bool(body.get("view", {}).get("callback_id") == Form.FIELDS)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.FIELDS)
    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            view = await _view(door, press.ref.ticket_id, await door.person(press), {})
            await door.slack.open_view(press.trigger_id, view)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(re.compile(f"^{PREFIX}"), matchers=[_ours])
    async def fill_in(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(DeskError):  # the form stays as it is, and saving says what is wrong
            given = await _given(door, form)
            view = await _view(door, form.ref.ticket_id, await door.person(form), given, seen=form.metadata)
            await door.slack.update_view(form.view_id, str(body["view"]["hash"]), view)
        await ack()

    @bolt.view(Form.FIELDS)
    async def save(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        shown = [block for block in form.values if block.startswith(PREFIX)]
        try:
            person = await door.person(form)
            given = await _given(door, form)
            await door.desk.set_fields(form.ref.ticket_id, given, by=person, seen=form.ref.version)
        except FieldsRefused as refusal:
            await ack(response_action="errors", errors=errors_of(refusal.problems, shown))
        except FieldsMissing as refusal:
            needed = dict.fromkeys(refusal.missing, "This is needed where the ticket stands.")
            await ack(response_action="errors", errors=errors_of(needed, shown))
        except DeskError as refusal:
            await refuse(ack, refusal)
        else:
            await ack()


async def _given(door: Door, form: Submission) -> Mapping[str, Raw]:
    return raw_values(form.values, (await door.desk.playbook()).fields.values())


async def _view(
    door: Door, ticket_id: UUID, person: Person, given: Mapping[str, Raw], *, seen: str | None = None
) -> Json:
    """`seen`: what the form carried when it was opened; it stays about that version of the ticket."""
    card = await door.rooms.card(ticket_id)
    form = await door.desk.field_form(ticket_id, given, by=person)
    takes_files = any(field.kind is FieldKind.FILE for field in form.fields)
    listed = await door.rooms.files(ticket_id, most=_MOST_FILES) if takes_files else ()
    view = fields_modal(card, form, [each.file for each in listed])
    return view | ({"private_metadata": seen} if seen is not None else {})
