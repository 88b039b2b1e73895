"""The menu on a customer's message: it belongs to another ticket, is one of its own, or concerns none in particular;
and what it said before its customer changed it.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form, MessageChoice
from bot.press import Press
from bot.submission import Submission
from bot.views.earlier_modal import earlier_modal
from bot.views.message_menu import entry_in, ticket_in
from bot.views.move_modal import move_modal
from core.errors import DeskError


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.MESSAGE)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await _carry_out(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.MOVE)
    async def move(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            entry_id, to = form.entry, ticket_in(form.chosen(Field.TICKET))
            person = await door.person(form)
            await door.desk.move_message(entry_id, to, by=person)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None


async def _carry_out(door: Door, press: Press) -> None:
    entry_id = entry_in(press.block)
    person = await door.person(press)
    match press.value:
        case MessageChoice.NEW_TICKET:
            await door.desk.split_message(entry_id, by=person)
        case MessageChoice.NO_TICKET:
            await door.desk.release_message(entry_id, by=person)
        case MessageChoice.ANOTHER:
            tickets = await door.desk.places_to_go(entry_id, by=person)
            await door.slack.open_view(press.trigger_id, move_modal(entry_id, tickets))
        case MessageChoice.EARLIER:
            await door.slack.open_view(press.trigger_id, earlier_modal(await door.rooms.earlier(entry_id)))
        case ticket:
            await door.desk.move_message(entry_id, ticket_in(ticket), by=person)
