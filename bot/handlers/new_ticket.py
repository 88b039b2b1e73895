"""Open another ticket in the same conversation; it becomes its author's."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.screen import Asked
from bot.intents import Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.new_ticket_modal import new_ticket_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.open_ticket import NewTicket, SubjectMissing
from ticketing.triage.suggestion import Priority


async def open_form(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    asked = Asked(await door.person(press), press.ref)
    await door.slack.open_view(press.trigger_id, await pushed_form(door, asked))


async def pushed_form(door: Door, asked: Asked) -> Json:
    """From the ticket's screen. Raises NotFound."""
    card = await door.rooms.card(asked.ref.ticket_id)
    return new_ticket_modal(card, card.vocabulary)


def asked_for(form: Submission) -> NewTicket:
    """What was filled in. Raises StaleButton."""
    return NewTicket(
        subject=form.text(Field.SUBJECT),
        priority=Priority(form.chosen(Field.PRIORITY)),
        type=form.chosen(Field.TYPE),
        category=form.chosen(Field.CATEGORY),
        description=form.text(Field.DESCRIPTION).strip() if form.asks(Field.DESCRIPTION) else "",
    )


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.NEW_TICKET)
    async def open_ticket(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            await door.desk.open_ticket(form.ref.conversation_id, asked_for(form), by=person, request=form.request)
        except SubjectMissing as refusal:
            return await refuse(ack, refusal, field=Field.SUBJECT)
        except CorrectionRefused as refusal:
            return await refuse(ack, refusal, field=Field.CATEGORY)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
