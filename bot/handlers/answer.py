"""Reply on a light card: to a customer whose conversation has no ticket."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press, Submission
from bot.views.answer_modal import answer_modal
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.ANSWER)
    async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            card = await door.light_cards.card(press.conversation_id)
            limits = door.desk.limits.get(card.channel)  # None: the channel has been switched off since
            await door.slack.open_view(press.trigger_id, answer_modal(card, most=limits.text if limits else None))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.ANSWER)
    async def send(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            text = form.text(Field.TEXT)
            await door.desk.reply_to_conversation(form.conversation_id, text, by=person, request=form.request)
        except DeskError as refusal:
            return await refuse(ack, refusal, field=Field.TEXT)  # at the field: what was typed must not be lost
        await ack()
        return None
