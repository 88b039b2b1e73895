"""One's delegate for approvals: named, replaced and dismissed in a modal that opens from the home tab."""

from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.identity import Stranger
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.delegate_modal import delegate_modal
from bot.views.notice import notice
from bot.wire import Json
from core.errors import DeskError
from ticketing.approvals.delegate import DelegationPeriodRefused, DelegationRefused, until_end_of
from ticketing.people.person import Person

_USUAL = timedelta(days=7)
_STRANGER = "They are not in Threadline, so they can decide nothing. Choose somebody of the desk."


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.DELEGATE)
    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            view = await _form(await door.person(press), door)
        except DeskError as refusal:
            view = notice(refusal.message)
        await door.slack.open_view(press.trigger_id, view)
        await ack()

    @bolt.action(Action.DISMISS_DELEGATE)
    async def dismiss(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await door.desk.dismiss_delegate(by=person)
            view = await _form(person, door)
        except DeskError as refusal:
            view = notice(refusal.message)
        await door.slack.update_view(press.view, body["view"]["hash"], view)
        await ack()

    @bolt.view(Form.DELEGATE)
    async def name(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            until = until_end_of(form.day(Field.UNTIL), door.desk.zone, now=door.clock())
            await door.desk.name_delegate(await _picked(form, door), until, by=person)
        except DelegationPeriodRefused as refusal:
            return await refuse(ack, refusal, field=Field.UNTIL)
        except DelegationRefused as refusal:
            return await refuse(ack, refusal, field=Field.DELEGATE)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None


async def _picked(form: Submission, door: Door) -> Person:
    try:
        return await door.person(form.user(Field.DELEGATE))
    except Stranger as stranger:
        raise DelegationRefused(_STRANGER) from stranger


async def _form(person: Person, door: Door) -> Json:
    now = await door.desk.delegate_of(person)
    last_day = (door.clock().astimezone(door.desk.zone) + _USUAL).date()
    return delegate_modal(now, last_day=last_day, zone=door.desk.zone)
