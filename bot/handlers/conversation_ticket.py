"""Create ticket on a light card: the conversation's messages go into it, and it becomes its author's."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.new_ticket import asked_for
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.conversation_ticket_modal import conversation_ticket_modal
from core.errors import DeskError
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.open_ticket import SubjectMissing


async def open_form(door: Door, trigger_id: str, conversation_id: UUID) -> None:
    """Filled with what the AI would have put in it. Raises NotFound, ChannelError."""
    card = await door.light_cards.card(conversation_id)
    await door.slack.open_view(trigger_id, conversation_ticket_modal(card, (await door.desk.playbook()).vocabulary))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CREATE_TICKET)
    async def create(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            await open_form(door, press.trigger_id, press.conversation_id)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.CONVERSATION_TICKET)
    async def open_ticket(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            wanted = asked_for(form)
            await door.desk.open_ticket(
                form.conversation_id, wanted, by=person, request=form.request, beside_others=False
            )
        except SubjectMissing as refusal:
            return await refuse(ack, refusal, field=Field.SUBJECT)
        except CorrectionRefused as refusal:
            return await refuse(ack, refusal, field=Field.CATEGORY)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
