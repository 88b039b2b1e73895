"""A customer opens the chat without writing anything, perhaps by a link of ours: nobody is asked for anything."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.messages import Inbound
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.people.actor import SYSTEM, customer_acting
from ticketing.ports import UnitOfWork

STARTED = "(started the conversation)"
_PAYLOAD = 200  # characters that are kept of one


async def greet(
    conversation: Conversation, inbound: Inbound, *, welcome: str | None, uow: UnitOfWork, now: datetime
) -> None:
    """The locked conversation of a message that only started it: keep where it came from, welcome them once."""
    payload = (inbound.start or "").replace("\x00", "")[:_PAYLOAD].strip()
    came_from = payload or conversation.came_from
    await uow.conversations.save(replace(conversation, version=conversation.version + 1, came_from=came_from))
    customer = customer_acting(conversation.customer_id, "Customer")
    started = Record("conversation.started", customer, now, {}, {})
    await uow.activity.append(Stream("conversation", conversation.id), [started])
    if welcome:
        await put_in_outbox(
            [Part(welcome)],
            conversation,
            rooms=[],
            concerns=False,
            by=SYSTEM,
            request=f"welcome:{conversation.id}",
            undo=timedelta(),
            uow=uow,
            now=now,
        )
