"""File what a customer wrote into their conversation. Triage comes later and decides about tickets."""

from dataclasses import replace
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Inbound
from ticketing.attachments.awaited import await_files
from ticketing.conversations.conversation import Conversation, Direction, Message, Revision, State
from ticketing.conversations.ports import StoredEvent
from ticketing.conversations.reachability import cards_say_so, save_reach, told
from ticketing.conversations.revision import save_revision
from ticketing.conversations.save import save_conversation
from ticketing.conversations.start import STARTED, greet
from ticketing.conversations.state import open_again
from ticketing.conversations.window import heard
from ticketing.customers.meet import meet
from ticketing.customers.ports import KnownSender
from ticketing.offers import answer as offers
from ticketing.people.actor import customer_acting
from ticketing.ports import UnitOfWork
from ticketing.surveys.answer import answer_of_message, keep_answer
from ticketing.surveys.survey import stars
from ticketing.tickets.events import MessageReceived


async def file_message(
    inbound: Inbound,
    event: StoredEvent,
    *,
    sender: KnownSender | None,
    edited_at: datetime | None = None,
    welcome: str | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> str:
    """The inbox's outcome. The unique message key settles races, and repetitions.

    `sender`: as far as they are known. `edited_at`: these are the words of an edit then; what was edited never came.
    `welcome` answers a message that only starts the conversation: nobody has to understand it.
    """
    await meet(inbound, sender, uow=uow, now=now)
    conversation = await uow.conversations.open_for(inbound, at=now)
    if inbound.group:
        conversation = replace(conversation, is_group=True)
    # Whoever only starts the chat says nothing, and a bare score is understood already.
    answer = await answer_of_message(inbound, conversation, uow=uow, at=event.received_at)
    to_offer = await offers.answer_of_message(inbound, conversation, uow=uow, at=event.received_at, now=now)
    says_no_more = inbound.start is not None or to_offer is not None or (answer is not None and not answer[1].comment)
    message = Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        inbound.text if inbound.start is None else STARTED,
        event.received_at,  # the order the provider delivered in, whichever worker files first
        Delivery.DELIVERED,
        key=f"{inbound.channel}:{inbound.key}",
        edited_at=edited_at,
        triaged=says_no_more,
        note=stars(answer[1].value) if answer else to_offer.note if to_offer else None,
        replies_to=f"{inbound.channel}:{inbound.replies_to}" if inbound.replies_to else None,
        author_name=inbound.author_name,
        author_address=inbound.author,
    )
    if not await uow.messages.add(message):
        await _keep_original(message, inbound, conversation, uow, now)
        return "filed"
    await await_files(inbound.files, channel=inbound.channel, message_id=message.id, uow=uow, now=now)
    # A provider's clock that goes ahead of ours must not keep the window open for longer.
    written = min(inbound.sent_at or event.received_at, event.received_at)
    conversation = await reached(heard(conversation, written), event, uow, now)
    if says_no_more:  # otherwise triage tells them, together with what it finds
        await cards_say_so(conversation, uow=uow, now=now)
    if inbound.start is not None:
        await greet(conversation, inbound, welcome=welcome, uow=uow, now=now)
        return "filed"
    if answer is not None:
        await uow.room.add_messages(answer[0].ticket_id, [message.id], concerns=True, at=now)
        await keep_answer(answer, conversation, at=event.received_at, uow=uow, now=now)
    if to_offer is not None:
        await offers.keep_answer(to_offer, message.id, at=event.received_at, uow=uow, now=now)
    if says_no_more:
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
        return "filed"
    await opened(conversation, uow, now)
    uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))
    return "filed"


async def opened(conversation: Conversation, uow: UnitOfWork, now: datetime) -> None:
    """Save it. The customer has written: whatever the conversation was, it is open now. Triage says for how long."""
    if conversation.state is State.OPEN:
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    else:
        customer = customer_acting(conversation.customer_id, "Customer")
        await save_conversation(open_again(conversation, by=customer, at=now), uow=uow, now=now)


async def reached(conversation: Conversation, event: StoredEvent, uow: UnitOfWork, now: datetime) -> Conversation:
    """Who writes to us takes our messages again."""
    if conversation.unreachable_since is None:
        return conversation
    customer = customer_acting(conversation.customer_id, "Customer")
    change = told(conversation, reachable=True, by=customer, at=event.received_at)
    return await save_reach(change, uow=uow, now=now)


async def _keep_original(
    late: Message, inbound: Inbound, conversation: Conversation, uow: UnitOfWork, now: datetime
) -> None:
    """It is known already. If an edit was taken for it, because it came so late, these are the earlier words."""
    assert late.key is not None
    known = await uow.messages.lock_by_key(late.key)
    if known is None or known.edited_at is None:
        return
    await await_files(inbound.files, channel=inbound.channel, message_id=known.id, uow=uow, now=now)
    if known.text != late.text:
        await save_revision(known, Revision(known.id, known.at, late.text), conversation, uow=uow, now=now)
