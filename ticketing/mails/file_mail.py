"""File a mail: into the conversation that it goes on with, or into one of its own. Triage decides about tickets later.

What only a machine wrote is kept where it belongs, and changes nothing: no status, no clock, no answer.
"""

from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Inbound, Letter
from ticketing.attachments.awaited import await_files
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.file_message import opened, reached
from ticketing.conversations.ports import StoredEvent
from ticketing.conversations.window import heard as heard_from
from ticketing.customers.meet import meet
from ticketing.customers.ports import KnownSender
from ticketing.mails.keep import keep_letter, with_letter
from ticketing.mails.machines import watch_flood
from ticketing.mails.place import Placed, place
from ticketing.mails.subject import with_subject
from ticketing.mails.suppression import record_lifted
from ticketing.mails.undecided import wait_for_decision
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, MessageReceived, TicketChanged


async def file_mail(
    inbound: Inbound, letter: Letter, event: StoredEvent, *, sender: KnownSender | None, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    """The inbox's outcome and a note. The unique message key settles races, and repetitions."""
    if not letter.automatic:
        await meet(inbound, sender, uow=uow, now=now)
    placed = await place(inbound, letter, uow=uow, now=now)
    if placed is None:
        return "set_aside", letter.automatic or ""
    message = _message(inbound, letter, event, placed)
    if not await uow.messages.add(message):
        return "filed", ""
    heard = await keep_letter(message, inbound, letter, placed, uow)
    if heard.lifted:
        await record_lifted(message, placed.conversation, uow=uow, now=now)
    letter = await watch_flood(message, letter, heard, uow=uow)
    await await_files(inbound.files, channel=inbound.channel, message_id=message.id, uow=uow, now=now)
    if letter.automatic:
        await _show(message, placed.conversation, uow, now)
        return "filed", letter.automatic
    written = min(inbound.sent_at or event.received_at, event.received_at)
    conversation = heard_from(placed.conversation, written)
    if letter.verified and letter.sender.address.lower() == conversation.recipient.lower():
        conversation = await reached(conversation, event, uow, now)
    conversation = with_letter(conversation, letter, placed)
    if placed.possible is not None:
        await uow.mails.offer_match(conversation.id, placed.possible, at=now)
    if placed.possible is not None or placed.undecided:  # nothing is opened for it before a person has decided
        await wait_for_decision(conversation, message.at, uow=uow, now=now)
        return "filed", ""
    await opened(conversation, uow, now)
    uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))
    return "filed", ""


def _message(inbound: Inbound, letter: Letter, event: StoredEvent, placed: Placed) -> Message:
    conversation = placed.conversation
    # What asks to be answered at the customer's address is theirs, though a form on a page may have sent it.
    customer = conversation.address.lower()
    somebody_else = customer not in (letter.sender.address.lower(), inbound.sender.lower())
    return Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        with_subject(inbound.text, letter.subject, None if placed.is_new else conversation.subject),
        event.received_at,
        Delivery.DELIVERED,
        key=f"{inbound.channel}:{inbound.key}",
        triaged=letter.automatic is not None,
        note=f"automatic: {letter.automatic}" if letter.automatic else None,
        author_name=(letter.sender.name or letter.sender.address) if somebody_else else None,
        author_address=letter.sender.address if somebody_else else None,
    )


async def _show(message: Message, conversation: Conversation, uow: UnitOfWork, now: datetime) -> None:
    """In the rooms of the conversation's open tickets, as what concerns none in particular."""
    tickets = [ticket for ticket in await uow.tickets.lock_recent(conversation.id) if ticket.is_live]
    for ticket in tickets:
        await uow.room.add_messages(ticket.id, [message.id], concerns=False, at=now)
        uow.emit(TicketChanged(ticket_id=ticket.id, at=now))
    if not tickets:
        uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
