"""Reply while the customer's window is closed: a template is chosen, filled in and sent."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Field, Form
from bot.press import Press
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.notice import notice
from bot.views.template_modal import block_of, template_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.conversations.light_card import LightCard
from ticketing.conversations.reply import Seen
from ticketing.templates.template import APPROVED, FromTemplate, Template
from ticketing.tickets.card import TicketCard

NONE_APPROVED = (
    "The customer wrote too long ago to be answered freely, and there is no approved template: wait until they write, "
    "or have an admin make a template and run `threadline templates sync`."
)


def is_closed(door: Door, card: TicketCard | LightCard) -> bool:
    return card.answer_until is not None and door.clock() >= card.answer_until


async def open_form(door: Door, press: Press, card: TicketCard | LightCard) -> None:
    """Raises ChannelError."""
    templates = await _approved(door, card.channel)
    view = template_modal(card, templates, seen=door.clock()) if templates else notice(NONE_APPROVED)
    await door.slack.open_view(press.trigger_id, view)


async def _approved(door: Door, channel: str) -> Sequence[Template]:
    return [each for each in await door.desk.templates(channel) if each.status == APPROVED]


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Field.TEMPLATE)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(DeskError):  # the form stays as it is, and sending says what is wrong
            await door.person(form)
            chosen = _id(Press.decode(body).value)
            await door.slack.update_view(form.view_id, body["view"]["hash"], await _anew(door, form, chosen))
        await ack()

    @bolt.view(Form.TEMPLATE)
    async def send(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            await _send(door, form)
        except DeskError as refusal:
            await refuse(ack, refusal, field=Field.TEMPLATE)
        else:
            await ack()


async def _card(door: Door, form: Submission) -> TicketCard | LightCard:
    try:
        ticket_id = form.ref.ticket_id
    except StaleButton:
        return await door.light_cards.card(form.conversation_id)
    return await door.rooms.card(ticket_id)


def _id(value: str) -> UUID:
    """Raises StaleButton."""
    try:
        return UUID(value)
    except ValueError as error:
        raise StaleButton from error


async def _anew(door: Door, form: Submission, chosen: UUID) -> Json:
    card = await _card(door, form)
    templates = await _approved(door, card.channel)
    return template_modal(card, templates, seen=form.seen or door.clock(), chosen=chosen, typed=_typed(form, templates))


def _typed(form: Submission, templates: Sequence[Template]) -> dict[str, str]:
    names = {name for each in templates for name in each.variables}
    return {name: text for name in sorted(names) if (text := form.text(block_of(name)))}


async def _send(door: Door, form: Submission) -> None:
    person = await door.person(form)
    card = await _card(door, form)
    templates = await _approved(door, card.channel)
    chosen = _id(form.chosen(Field.TEMPLATE))
    variables = next((each.variables for each in templates if each.id == chosen), ())
    filled = FromTemplate(chosen, {name: form.text(block_of(name)) for name in variables})
    seen = Seen(card.conversation_id, form.seen) if form.seen else None
    if isinstance(card, TicketCard):
        await door.desk.reply(card.ticket_id, filled, by=person, request=form.request, seen=seen)
    else:
        await door.desk.reply_to_conversation(card.conversation_id, filled, by=person, request=form.request, seen=seen)
