"""Run an action, from a ticket's screen: choose it, fill in what it takes, run it. A worker makes the call.

What is refused is said in the form, which keeps what was typed. Before anything is called, the form shows what with.
"""

import json
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.beneath import Beneath
from bot.door import Door, refuse
from bot.handlers.screen import Asked, beneath_of, redraw
from bot.intents import Action, Form
from bot.press import Press
from bot.reach import Reach
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.action_modal import (
    MOST_PARAMETERS,
    PREFIX,
    YES,
    action_modal,
    block_of,
    calling_modal,
    outcome_modal,
    sure_modal,
)
from bot.views.notice import notice
from bot.wire import Json as View
from core.errors import DeskError, MessageRefused, Refused
from threadline import ActionSpec, Sort
from threadline.declaration import Parameter
from ticketing.resolution.by_hand import for_people
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_checks import AgreementNeeded
from ticketing.resolution.run import Json

_OVERTAKEN = {"hash_conflict", "not_found"}


class NotReadable(Refused):
    """Something typed is none of what it is to be."""


async def pushed_form(door: Door, asked: Asked) -> View:
    """Raises NotFound."""
    card = await door.rooms.card(asked.ref.ticket_id)
    return action_modal(card, await _offered(door), beneath=asked.beneath)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CHOOSE_ACTION)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        press, form = Press.decode(body), Submission.decode(body)
        try:
            await door.person(form)
            card, offered = await door.rooms.card(form.ref.ticket_id), await _offered(door)
            chosen = next((each for each in offered if each.name == press.value), None)
            view = action_modal(card, offered, chosen=chosen, beneath=beneath_of(form))
        except DeskError as refusal:
            view = notice(refusal.message)
        await redraw(door, Beneath.of(body), view)
        await ack()

    @bolt.view(Form.RUN_ACTION)
    async def check(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        field = next((name for name in form.values if name.startswith(PREFIX)), None)
        try:
            view = await _to_be_sure(door, form)
        except DeskError as refusal:
            return await refuse(ack, refusal, field=field)
        await ack(response_action="update", view=view)
        return None

    @bolt.action(Action.RUN_ACTION)
    async def run(ack: AsyncAck, body: dict[str, Any]) -> None:
        press, form = Press.decode(body), Submission.decode(body)
        try:
            await _run(door, Beneath.of(body), form, press)
        except DeskError as refusal:
            await redraw(door, Beneath.of(body), notice(refusal.message))
        await ack()


async def _to_be_sure(door: Door, form: Submission) -> View:
    """What would be run, with the button that runs it. Raises Refused."""
    person, spec = await door.person(form), await _chosen(door, form.said("action"))
    ticket_id = form.ref.ticket_id
    asked = await door.desk.ask_for_call(ticket_id, spec.name, _values(form, spec), by=person, actions=door.actions)
    if isinstance(asked, AgreementNeeded):
        raise asked
    return sure_modal(await door.rooms.card(ticket_id), spec, asked)


async def _run(door: Door, at: Beneath, form: Submission, press: Press) -> None:
    """The form says that it waits; only then somebody calls: closed or pressed twice, it is made once or not at all."""
    person, card = await door.person(form), await door.rooms.card(form.ref.ticket_id)
    try:
        shown = await door.slack.update_view(at.view, at.hash, calling_modal(card))
    except MessageRefused as refusal:
        if refusal.vendor_code in _OVERTAKEN:
            return
        raise
    waits = {"view": at.view, "shown": shown}
    needed: DeskError | None
    try:
        needed = await door.desk.begin_call(press.call_id, waits, by=person, actions=door.actions)
    except DeskError as refusal:
        needed = refusal
    if needed is not None:
        await redraw(door, Beneath(at.view, shown), notice(needed.message))


async def _offered(door: Door) -> list[ActionSpec]:
    return for_people(door.actions(await door.desk.playbook()).specs)


async def _chosen(door: Door, name: str) -> ActionSpec:
    spec = next((each for each in await _offered(door) if each.name == name), None)
    if spec is None:
        raise StaleButton
    return spec


async def show_outcome(door: Reach, call: HandCall) -> None:
    """In the form that waits for it, if that still does. Safe to repeat. Raises ChannelError, NotFound."""
    view = outcome_modal(await door.rooms.card(call.ticket_id), call)
    try:
        await door.slack.update_view(call.form["view"], call.form["shown"], view)
    except MessageRefused as refusal:
        if refusal.vendor_code not in _OVERTAKEN:
            raise


def _values(form: Submission, spec: ActionSpec) -> dict[str, Json]:
    """What was typed, as the action takes it; what was left empty is not in it. Raises NotReadable."""
    found: dict[str, Json] = {}
    for each in spec.parameters[:MOST_PARAMETERS]:
        name = block_of(spec, each)
        held = form.values.get(name, {}).get(name, {})
        raw = str((held.get("selected_option") or {}).get("value") or held.get("value") or "").strip()
        if raw:
            found[each.name] = _read(raw, each)
    return found


def _read(raw: str, parameter: Parameter) -> Json:
    match parameter.shape.sort:
        case Sort.YES_NO:
            return raw == YES
        case Sort.LIST | Sort.MAP | Sort.GROUP:
            try:
                return json.loads(raw)
            except ValueError as error:
                raise NotReadable(f"{parameter.name} is no JSON.") from error
    return raw
