"""Create a ticket from anywhere in Slack: by `/ticket create`, or a shortcut. It becomes its author's."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.new_ticket import asked_for
from bot.intents import Action, Field, Form, Shortcut
from bot.press import Press
from bot.submission import Submission
from bot.views.create_modal import Beginning, conversation_options, create_modal, opened_modal, place_in
from bot.views.notice import notice
from bot.wire import Json
from core.errors import DeskError, Refused
from ticketing.conversations.first_message import Recipient
from ticketing.conversations.recipient import AddressRefused, recipient
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.open_ticket import SubjectMissing

_ALREADY = "This ticket is open already."


async def open_form(door: Door, trigger_id: str, beginning: Beginning) -> None:
    """Raises ChannelError."""
    vocabulary = (await door.desk.playbook()).vocabulary
    await door.slack.open_view(trigger_id, create_modal(vocabulary, beginning))


def register(bolt: AsyncApp, door: Door) -> None:
    _register_at_home(bolt, door)

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
            options = await _offered(door, str(body.get("value") or ""))
        except DeskError:
            options = []
        await ack(options=options)

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


def _register_at_home(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CREATE_AT_HOME)
    async def begin_at_home(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            await open_form(door, press.trigger_id, Beginning())
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()


async def _create(ack: AsyncAck, door: Door, form: Submission) -> None:
    person = await door.person(form)
    place = place_in(form.chosen(Field.CONVERSATION))
    ticket = await door.desk.open_ticket(place, asked_for(form), by=person, request=form.request)
    if ticket is None:
        await ack(response_action="update", view=notice(_ALREADY))
    else:
        link = await door.finding.link(ticket.number)
        await ack(response_action="update", view=opened_modal(ticket.number, ticket.subject, link))


async def _offered(door: Door, said: str) -> list[Json]:
    """Conversations of customers who are found; and, where there is none yet, whom one could be started with."""
    customers = await door.customers.search(said)
    found = await door.finding.conversations([each.id for each in customers])
    taken = {(each.channel, each.address) for each in found}
    addresses = [(*told.partition(":")[::2], each.name) for each in customers for told in each.addresses]
    new: dict[tuple[str, str, str | None], Recipient] = {}
    for channel, address, name in [*addresses, *((channel, said, None) for channel in door.desk.limits)]:
        with suppress(AddressRefused):
            to = recipient(channel, address, name)
            is_free = to.subject is not None or (channel, to.address) not in taken  # each mail begins one of its own
            if is_free and channel in door.desk.limits:
                for account in door.desk.limits[channel].accounts or (None,):
                    new.setdefault((channel, to.address, account), replace(to, account=account))
    return conversation_options(found, list(new.values()))
