"""Reply: the one explicit way from Slack to the customer."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers import reply_form, writing
from bot.intents import KEEP, Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.reply_modal import Draft, origin_of
from core.errors import DeskError
from ticketing.approvals.gates import ApprovalNeeded
from ticketing.conversations.parts import FileRefused, GivenFile
from ticketing.conversations.recipient import AddressRefused
from ticketing.conversations.reply import RepliedMeanwhile, Seen
from ticketing.fields.refusals import FieldsMissing
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.tickets.changes import TransitionRefused


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.REPLY)
    async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            await reply_form.open_form(door, press, press.ref.ticket_id, person)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.REPLY)
    async def send(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        then = form.chosen_or(Field.THEN, KEEP)
        files: Sequence[GivenFile] = ()
        try:
            person = await door.person(form)
            files = await writing.files(door, form, form.ref.conversation_id, person)
            await _send(door, form, then, person, files)
        except RepliedMeanwhile as overtaken:
            # Not as an error at the field: that would leave the form as it is, and it has to know what was seen now.
            turn, origin = form.turn(Field.TEXT), origin_of(form)
            cc = writing.copies_typed(form)
            draft = Draft(form.text(Field.TEXT), then, overtaken.reply, files, origin, turn=turn, cc=cc)
            await ack(response_action="update", view=await reply_form.anew(door, form, draft))
        except (AddressRefused, FileRefused) as refusal:
            await refuse(ack, refusal, field=writing.field_of(form, refusal))
        except (TransitionRefused, PermissionRefused, FieldsMissing, ApprovalNeeded) as refusal:
            await refuse(ack, refusal, field=form.block_of(Field.TEXT) if then == KEEP else Field.THEN)
        except DeskError as refusal:
            await refuse(ack, refusal, field=form.block_of(Field.TEXT))  # at the field: what was typed must not be lost
        else:
            await ack()

    @bolt.view_closed(Form.REPLY)
    async def close(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(DeskError):  # there is nobody to tell, and the note goes by itself
            await writing.closed(door, form, form.ref.conversation_id)
        await ack()


async def _send(door: Door, form: Submission, then: str, person: Person, files: Sequence[GivenFile]) -> None:
    ref, seen = form.ref, form.seen
    await door.desk.reply(
        ref.ticket_id,
        form.text(Field.TEXT),
        by=person,
        request=form.request,
        files=[each.id for each in files],
        cc=writing.copies(form),
        then=None if then == KEEP else then,
        seen=Seen(ref.conversation_id, seen) if seen else None,
        origin=origin_of(form),
    )
