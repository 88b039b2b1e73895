"""Customer: their profile in a modal, and from there what is known of them, a merge, and its undo.

All of it happens in one modal, which shows the next thing in place of the last.
"""

from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.intents import Action, Field, Form
from bot.press import Press
from bot.refs import CustomerRef, StaleButton
from bot.submission import Submission
from bot.views.customer_modal import customer_modal
from bot.views.edit_customer_modal import edit_customer_modal, shown_attributes
from bot.views.merge_modal import find_customer_modal
from bot.views.notice import notice
from bot.wire import Json
from core.errors import DeskError
from ticketing.customers.attributes import OWN, AttributeRefused, typed
from ticketing.customers.customer import Custom, Customer

_PLAIN = (Field.NAME, Field.TIER, Field.LANGUAGE, Field.TIME_ZONE)


async def open_profile(door: Door, press: Press) -> None:
    """From a card. Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    customer_id = await door.customers.of_conversation(press.conversation_id)
    await door.slack.open_view(press.trigger_id, await profile_of(door, customer_id))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.CUSTOMER)
    async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await open_profile(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.EDIT_CUSTOMER)
    @bolt.action(Action.MERGE_CUSTOMER)
    @bolt.action(Action.PART_CUSTOMERS)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            view = await _chosen(door, press, body["actions"][0]["action_id"])
        except DeskError as refusal:
            view = notice(refusal.message)
        await door.slack.update_view(press.view, str(body["view"]["hash"]), view)
        await ack()

    _register_form(bolt, door)


def _register_form(bolt: AsyncApp, door: Door) -> None:
    @bolt.view(Form.EDIT_CUSTOMER)
    async def edit(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            customer = await _save(door, form)
        except AttributeRefused as refusal:
            plain = refusal.attribute in {each.value for each in _PLAIN}
            await refuse(ack, refusal, field=refusal.attribute if plain else Field.ATTRIBUTES)
        except DeskError as refusal:
            await refuse(ack, refusal)
        else:
            await ack(response_action="update", view=await profile_of(door, customer.id))


async def profile_of(door: Door, customer_id: UUID) -> Json:
    now = door.clock()
    return customer_modal(await door.customers.profile(customer_id, now=now), now=now)


async def _chosen(door: Door, press: Press, action: str) -> Json:
    """What a button of the profile leads to."""
    person, ref = await door.person(press), CustomerRef.decode(press.value)
    if action == Action.PART_CUSTOMERS:
        if ref.other_id is None:
            raise StaleButton
        await door.desk.undo_merge(ref.other_id, by=person)
        return await profile_of(door, ref.customer_id)
    customer = (await door.customers.profile(ref.customer_id, now=door.clock())).customer
    return edit_customer_modal(customer) if action == Action.EDIT_CUSTOMER else find_customer_modal(customer)


async def _save(door: Door, form: Submission) -> Customer:
    """What was typed; what the form showed and is gone is taken away. Raises AttributeRefused."""
    ref, person = CustomerRef.decode(form.metadata), await door.person(form)
    customer = (await door.customers.profile(ref.customer_id, now=door.clock())).customer
    to: dict[str, Custom | None] = {each.value: form.text(each).strip() or None for each in _PLAIN}
    to |= dict.fromkeys(shown_attributes(customer).values())
    for line in form.text(Field.ATTRIBUTES).splitlines():
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise AttributeRefused(f"{line.strip()[:60]!r}: write it as name=value.", Field.ATTRIBUTES)
        to[OWN + name.strip()] = typed(value)
    return await door.desk.set_attributes(ref.customer_id, to, by=person, seen=ref.version)
