"""Merge two customers: from the profile of one, the other is looked for, what would happen is shown, and confirmed."""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers.customer import profile_of
from bot.intents import Field, Form
from bot.refs import CustomerRef, StaleButton
from bot.submission import Submission
from bot.views.merge_modal import customer_options, merge_modal, this_stays
from core.errors import DeskError
from ticketing.customers.merge import Seen


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.options(Field.CUSTOMER)
    async def find(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await door.person(str(body["user"]["id"]))
            me = CustomerRef.decode(body["view"]["private_metadata"]).customer_id
            found = await door.customers.search(str(body.get("value") or ""))
        except DeskError:
            await ack(options=[])
        else:
            await ack(options=customer_options([each for each in found if each.id != me]))

    _register_forms(bolt, door)


def _register_forms(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.FIND_CUSTOMER)
    async def preview(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            pair = [CustomerRef.decode(form.metadata).customer_id, _other(form)]
            survivor, absorbed = pair if this_stays(form.chosen(Field.STAYS)) else pair[::-1]
            found = await door.desk.preview_merge(survivor, absorbed, by=await door.person(form))
        except DeskError as refusal:
            await refuse(ack, refusal, field=Field.CUSTOMER)
        else:
            await ack(response_action="update", view=merge_modal(found))

    @bolt.view(Form.MERGE_CUSTOMERS)
    async def merge(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            ref = CustomerRef.decode(form.metadata)
            if ref.other_id is None:
                raise StaleButton
            seen = Seen(ref.version, ref.other_version)
            await door.desk.merge_customers(ref.customer_id, ref.other_id, by=await door.person(form), seen=seen)
        except DeskError as refusal:
            await refuse(ack, refusal)
        else:
            await ack(response_action="update", view=await profile_of(door, ref.customer_id))


def _other(form: Submission) -> UUID:
    try:
        return UUID(form.chosen(Field.CUSTOMER))
    except ValueError as error:
        raise StaleButton from error
