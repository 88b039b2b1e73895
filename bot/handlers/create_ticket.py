"""Create a ticket from anywhere in Slack: by `/ticket create`, or a shortcut. It becomes its author's."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.new_ticket import asked_for
from bot.intents import Field, Form, Shortcut
from bot.press import StaleButton, Submission
from bot.views.create_modal import Beginning, conversation_options, create_modal, opened_modal
from bot.views.notice import notice
from core.errors import DeskError, Refused
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.open_ticket import SubjectMissing

_ALREADY = "This ticket is open already."


async def open_form(door: Door, trigger_id: str, beginning: Beginning) -> None:
    """Raises ChannelError."""
    vocabulary = (await door.desk.playbook()).vocabulary
    await door.slack.open_view(trigger_id, create_modal(vocabulary, beginning))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.global_shortcut(Shortcut.CREATE_TICKET)
    async def begin(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await door.person(str(body["user"]["id"]))
            await open_form(door, body["trigger_id"], Beginning())
        except Refused as refusal:
            await door.slack.open_view(body["trigger_id"], notice(refusal.message))
        await ack()

    @bolt.options(Field.CONVERSATION)
    async def find(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await door.person(str(body["user"]["id"]))
            customers = await door.customers.search(str(body.get("value") or ""))
            found = await door.finding.conversations([each.id for each in customers])
        except DeskError:
            found = []
        await ack(options=conversation_options(found))

    @bolt.view(Form.CREATE)
    async def create(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            await _create(ack, door, form)
        except SubjectMissing as refusal:
            await refuse(ack, refusal, field=Field.SUBJECT)
        except CorrectionRefused as refusal:
            await refuse(ack, refusal, field=Field.CATEGORY)
        except DeskError as refusal:
            await refuse(ack, refusal, field=Field.CONVERSATION)  # at a field: what was typed must not be lost


async def _create(ack: AsyncAck, door: Door, form: Submission) -> None:
    person = await door.person(form)
    ticket = await door.desk.open_ticket(_conversation(form), asked_for(form), by=person, request=form.request)
    if ticket is None:
        await ack(response_action="update", view=notice(_ALREADY))
    else:
        link = await door.finding.link(ticket.number)
        await ack(response_action="update", view=opened_modal(ticket.number, ticket.subject, link))


def _conversation(form: Submission) -> UUID:
    try:
        return UUID(form.chosen(Field.CONVERSATION))
    except ValueError as error:
        raise StaleButton from error
