"""File what a customer wrote into their conversation. Triage comes later and decides about tickets."""

from dataclasses import replace
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Inbound
from ticketing.conversations.conversation import Conversation, Direction, Message, State
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import open_again
from ticketing.conversations.window import heard
from ticketing.people.actor import customer_acting
from ticketing.ports import StoredEvent, UnitOfWork
from ticketing.tickets.events import MessageReceived


async def file_message(inbound: Inbound, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. The unique message key settles races, and repetitions."""
    conversation = await uow.conversations.open_for(inbound, at=now)
    message = Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        inbound.text,
        event.received_at,  # the order the provider delivered in, whichever worker files first
        Delivery.DELIVERED,
        key=f"{inbound.channel}:{inbound.key}",
    )
    if not await uow.messages.add(message):
        return "filed"
    # A provider's clock that goes ahead of ours must not keep the window open for longer.
    written = min(inbound.sent_at or event.received_at, event.received_at)
    await _open_for(heard(conversation, written), uow, now)
    uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))
    return "filed"


async def _open_for(conversation: Conversation, uow: UnitOfWork, now: datetime) -> None:
    """The customer has written: whatever the conversation was, it is open now. Triage says for how long."""
    if conversation.state is State.OPEN:
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    else:
        customer = customer_acting(conversation.customer_id, "Customer")
        await save_conversation(open_again(conversation, by=customer, at=now), uow=uow, now=now)
