"""Status: offers only the transitions that this person may make now."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press, Submission
from bot.views.status_modal import status_modal
from core.errors import DeskError
from ticketing.tickets.changes import TransitionRefused


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.STATUS)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            card = await door.rooms.card(press.ref.ticket_id)
            following = await door.desk.transitions(card.ticket_id, by=person)
            if not following:
                words = f"Ticket #{card.number} is {card.status.label}. That is final: no status follows it."
                raise TransitionRefused(words)
            await door.slack.open_view(press.trigger_id, status_modal(card, following))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.STATUS)
    async def change(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            ref, to = form.ref, form.chosen(Field.STATUS)
            person = await door.person(form)
            await door.desk.change_status(
                ref.ticket_id, to, by=person, note=form.text(Field.NOTE).strip(), seen=ref.version
            )
        except TransitionRefused as refusal:
            return await refuse(ack, refusal, field=Field.STATUS)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
