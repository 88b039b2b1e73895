"""Undo: takes back a reply that has not left yet, and gives its words and files back in the form."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import answer, reply_form
from bot.intents import Action
from bot.press import Press
from bot.views.reply_modal import Draft
from core.errors import DeskError
from ticketing.conversations.withdraw import Withdrawn
from ticketing.mails.envelope import as_typed
from ticketing.people.person import Person


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.UNDO)
    async def undo(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            withdrawn = await door.desk.withdraw(press.message_id, by=person)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        else:
            await _give_back(door, press, person, withdrawn)
        await ack()


async def _give_back(door: Door, press: Press, person: Person, taken: Withdrawn) -> None:
    cc = as_typed(taken.cc) if taken.cc is not None else None
    draft = Draft(taken.text, taken.then, files=taken.files, origin=taken.origin, cc=cc)
    try:
        if taken.ticket_id is not None:
            await reply_form.open_form(door, press, taken.ticket_id, person, draft=draft)
        else:
            await answer.open_form(door, press, taken.conversation_id, person, draft=draft)
    except DeskError as refusal:
        why = f"The form did not open ({refusal.message}), so here are its words:"
        again = "\n\nIts files have to be chosen again." if taken.files else ""
        await door.tell(press, f"The reply was not sent. {why}\n\n{taken.text}{again}")
