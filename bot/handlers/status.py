"""Status: offers only the transitions that this person may make now, and asks for what the chosen one takes.

The form is drawn anew as it is filled in. Where somebody has to agree first, it asks them instead.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.beneath import Beneath
from bot.door import Door, refuse
from bot.handlers.screen import Asked, beneath_of, refresh
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.field_inputs import PREFIX, block_of, errors_of, raw_values
from bot.views.status_modal import status_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.approvals.gates import ApprovalNeeded
from ticketing.approvals.request import NothingToApprove
from ticketing.fields.refusals import FieldsMissing, FieldsRefused
from ticketing.fields.requirements import NOTE
from ticketing.fields.values import Raw
from ticketing.people.person import Person
from ticketing.playbook.fields import FieldKind
from ticketing.tickets.card import TicketCard
from ticketing.tickets.changes import TransitionRefused

_MOST_FILES = 100
_NEEDED = "This is needed."


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.STATUS)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            card = await door.rooms.card(press.ref.ticket_id)
            await door.slack.open_view(press.trigger_id, await _form(door, card, person, None, {}))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Field.STATUS)
    @bolt.action(re.compile(f"^{PREFIX}"))
    async def fill_in(ack: AsyncAck, body: dict[str, Any]) -> None:
        form, press = Submission.decode(body), Press.decode(body)
        if body["view"]["callback_id"] == Form.STATUS:
            to = press.value if press.block == Field.STATUS else form.chosen_or(Field.STATUS, "")
            with suppress(DeskError):  # the form stays as it is, and sending says what is wrong
                await door.slack.update_view(form.view_id, body["view"]["hash"], await _anew(door, form, to))
        await ack()

    @bolt.view(Form.STATUS)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            answer = await _answer(door, form)
            if not answer:
                await refresh(door, form)
            await ack(**answer)
        except TransitionRefused as refusal:
            await refuse(ack, refusal, field=Field.STATUS)
        except DeskError as refusal:
            await refuse(ack, refusal)


async def pushed_form(door: Door, asked: Asked) -> Json:
    """From the ticket's screen. Raises TransitionRefused (nothing follows), PermissionRefused, NotFound."""
    card = await door.rooms.card(asked.ref.ticket_id)
    return await _form(door, card, asked.person, None, {}, asked.beneath)


async def _answer(door: Door, form: Submission) -> Json:
    """Do it, or say what has to be filled in first. Raises DeskError."""
    try:
        await _carry_out(door, form, await door.person(form))
    except FieldsRefused as refusal:
        return _errors(errors_of(refusal.problems, _shown(form)))
    except FieldsMissing as refusal:
        return await _ask_for(refusal, door, form)
    except ApprovalNeeded as refusal:
        if refusal.waiting:
            return _errors({Field.STATUS: refusal.message})
        return await _drawn_anew(door, form)
    except DeskError as refusal:
        if not form.asks(Field.WHY):
            raise
        return _errors({Field.WHY: refusal.message})  # at the field: what was typed must not be lost
    return {}


def _errors(by_block: Mapping[str, str]) -> Json:
    return {"response_action": "errors", "errors": dict(by_block)}


async def _drawn_anew(door: Door, form: Submission) -> Json:
    return {"response_action": "update", "view": await _anew(door, form, form.chosen(Field.STATUS))}


async def _form(
    door: Door,
    card: TicketCard,
    person: Person,
    to: str | None,
    given: Mapping[str, Raw],
    beneath: Beneath | None = None,
) -> Json:
    """Raises TransitionRefused (nothing follows), PermissionRefused."""
    following = await door.desk.transitions(card.ticket_id, by=person)
    if not following:
        words = f"Ticket #{card.number} is {card.status.label}. That is final: no status follows it."
        raise TransitionRefused(words)
    to = following[0].key if len(following) == 1 else to
    if to is None or to not in {each.key for each in following}:
        return status_modal(card, following, beneath=beneath)
    form = await door.desk.status_form(card.ticket_id, to, by=person, given=given)
    takes_files = any(each.kind is FieldKind.FILE for each in form.fields)
    listed = await door.rooms.files(card.ticket_id, most=_MOST_FILES) if takes_files else ()
    return status_modal(card, following, form=form, files=[each.file for each in listed], beneath=beneath)


async def _anew(door: Door, form: Submission, to: str) -> Json:
    card = await door.rooms.card(form.ref.ticket_id)
    return await _form(door, card, await door.person(form), to, await _given(door, form), beneath_of(form))


async def _given(door: Door, form: Submission) -> Mapping[str, Raw]:
    return raw_values(form.values, (await door.desk.playbook()).fields.values())


def _shown(form: Submission) -> list[str]:
    return [block for block in form.values if block.startswith(PREFIX)]


async def _carry_out(door: Door, form: Submission, person: Person) -> None:
    """Where an approval is asked for, what it is about is kept first: it binds exactly that."""
    ref, to, note = form.ref, form.chosen(Field.STATUS), form.text(Field.NOTE).strip()
    given = await _given(door, form)
    if form.asks(Field.WHY):
        if given:
            await door.desk.set_fields(ref.ticket_id, given, by=person, seen=ref.version)
        with suppress(NothingToApprove):  # what was filled in last needs none
            await door.desk.request_approval(ref.ticket_id, to, form.text(Field.WHY), by=person, note=note)
            return
        await door.desk.change_status(ref.ticket_id, to, by=person, note=note)
        return
    await door.desk.change_status(ref.ticket_id, to, by=person, note=note, given=given, seen=ref.version)


async def _ask_for(missing: FieldsMissing, door: Door, form: Submission) -> Json:
    """At its field where the form has it; else the form is drawn anew, with all that is asked for by now."""
    there = {NOTE: Field.NOTE.value} | {key: block_of(key) for key in missing.missing if block_of(key) in form.values}
    fields = (await door.desk.playbook()).fields
    if any(key in fields and key not in there for key in missing.missing):
        return await _drawn_anew(door, form)
    errors = {there[key]: _NEEDED for key in missing.missing if key in there}
    if any(key not in there for key in missing.missing):  # an assignee, a priority: that is not set here
        errors[Field.STATUS.value] = missing.message
    return _errors(errors)
