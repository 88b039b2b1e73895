"""Reject, on a request in a thread: with a reason, from its modal."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.approval_modal import reject_modal
from core.errors import DeskError
from ticketing.approvals.approval import Verdict
from ticketing.approvals.changes import ReasonMissing


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.REJECT)
    async def open_reject(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            person = await door.person(press)
            approval = await door.desk.may_decide(press.approval_id, by=person)
            await door.slack.open_view(press.trigger_id, reject_modal(await door.rooms.approval(approval.id)))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.view(Form.REJECT)
    async def reject(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            person = await door.person(form)
            await door.desk.decide(form.approval_id, Verdict.REJECT, by=person, reason=form.text(Field.TEXT))
        except ReasonMissing as refusal:
            return await refuse(ack, refusal, field=Field.TEXT)
        except DeskError as refusal:
            return await refuse(ack, refusal)
        await ack()
        return None
