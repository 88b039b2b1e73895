"""Reply on a light card: to a customer whose conversation has no ticket."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers import template, writing
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.reply_modal import Draft, answer_modal
from bot.wire import Json
from core.errors import DeskError
from ticketing.conversations.parts import FileRefused, GivenFile
from ticketing.conversations.recipient import AddressRefused
from ticketing.conversations.reply import RepliedMeanwhile, Seen
from ticketing.people.person import Person


async def open_form(
    door: Door, press: Press, conversation_id: UUID, person: Person, *, draft: Draft | None = None
) -> None:
    """`draft` fills it in. Raises NotFound, ChannelError."""
    seen = door.clock()
    card = await door.light_cards.card(conversation_id)
    if template.is_closed(door, card):
        await template.open_form(door, press, card)
        return
    setting = await writing.begin(door, conversation_id, card.channel, person, seen=seen, draft=draft)
    await writing.show(door, press, answer_modal(card, setting), conversation_id, person, seen=seen)


async def _anew(door: Door, form: Submission, draft: Draft) -> Json:
    """The same form, of what is so by now."""
    seen, person = door.clock(), await door.person(form)
    card = await door.light_cards.card(form.conversation_id)
    setting = await writing.begin(door, form.conversation_id, card.channel, person, seen=seen, draft=draft)
    return answer_modal(card, setting)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.ANSWER)
    async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await open_form(door, press, press.conversation_id, await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.ANSWER)
    async def send(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        files: Sequence[GivenFile] = ()
        try:
            person = await door.person(form)
            files = await writing.files(door, form, form.conversation_id, person)
            await _send(door, form, person, files)
        except RepliedMeanwhile as overtaken:
            cc = writing.copies_typed(form)
            draft = Draft(form.text(Field.TEXT), meanwhile=overtaken.reply, files=files, cc=cc)
            await ack(response_action="update", view=await _anew(door, form, draft))
        except (AddressRefused, FileRefused) as refusal:
            await refuse(ack, refusal, field=writing.field_of(form, refusal))
        except DeskError as refusal:
            await refuse(ack, refusal, field=Field.TEXT)  # at the field: what was typed must not be lost
        else:
            await ack()

    @bolt.view_closed(Form.ANSWER)
    async def close(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(DeskError):  # there is nobody to tell, and the note goes by itself
            await writing.closed(door, form, form.conversation_id)
        await ack()


async def _send(door: Door, form: Submission, person: Person, files: Sequence[GivenFile]) -> None:
    conversation_id, seen = form.conversation_id, form.seen
    await door.desk.reply_to_conversation(
        conversation_id,
        form.text(Field.TEXT),
        by=person,
        request=form.request,
        files=[each.id for each in files],
        cc=writing.copies(form),
        seen=Seen(conversation_id, seen) if seen else None,
    )
