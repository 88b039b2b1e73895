"""File a mail: into the conversation that it goes on with, or into one of its own. Triage decides about tickets later.

What only a machine wrote is kept where it belongs, and changes nothing: no status, no clock, no answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Inbound, Letter
from ticketing.attachments.awaited import await_files
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.file_message import opened, reached
from ticketing.conversations.ports import StoredEvent
from ticketing.conversations.window import heard as heard_from
from ticketing.customers.meet import meet
from ticketing.mails.answers import Answers, answers_in, keep_answers
from ticketing.mails.belong import Candidate
from ticketing.mails.colleagues import (
    Read,
    as_passed_on,
    colleague_of,
    comment_by_mail,
    doubted,
    for_colleagues,
    trusted,
)
from ticketing.mails.keep import keep_letter, with_letter
from ticketing.mails.machines import watch_flood
from ticketing.mails.place import FiledMeanwhile, Placed, place
from ticketing.mails.subject import with_subject
from ticketing.mails.suppression import record_lifted
from ticketing.mails.undecided import wait_for_decision
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, MessageReceived, TicketChanged


async def file_mail(
    inbound: Inbound, letter: Letter, event: StoredEvent, *, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    """The inbox's outcome and a note. The unique message key settles races, and repetitions.

    Raises JoinedMeanwhile and FiledMeanwhile (retry).
    """
    candidates = await uow.mails.candidates(letter, inbound.channel)
    said, by = Read(inbound, letter), await colleague_of(letter, uow)
    if by is not None and not letter.verified:
        candidates = doubted(candidates)
        said = replace(said, note=f"claims to be from {by.name}, which nothing proves", claimed=by)
    elif by is not None and candidates:
        return await _file_internal(said, by, trusted(candidates), event, uow, now)
    elif by is not None:
        said = await as_passed_on(inbound, letter, by, uow)
    return await _file_from_outside(said, candidates, event, uow, now)


async def _file_internal(
    said: Read, by: Person, candidates: Sequence[Candidate], event: StoredEvent, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    """What a colleague wrote into a conversation. Without a ticket it stands there as theirs, and changes nothing."""
    placed = await place(said.inbound, said.letter, candidates, uow=uow, now=now)
    assert placed is not None, "a person wrote it"
    if placed.conversation.address.lower() == said.letter.sender.address.lower():  # here they are the customer
        return await _keep(said, placed, event, uow, now)
    if await comment_by_mail(said.inbound, said.letter, by, placed.conversation, uow=uow, now=now):
        return "filed", f"a comment of {by.name}"
    kept = for_colleagues(said, f"{by.name} wrote it, of the desk", f"internal: {by.name} wrote it by mail")
    return await _keep(kept, placed, event, uow, now)


async def _file_from_outside(
    said: Read, candidates: Sequence[Candidate], event: StoredEvent, uow: UnitOfWork, now: datetime
) -> tuple[str, str]:
    inbound, letter = said.inbound, said.letter
    sender = await uow.customers.sender(inbound.channel, inbound.sender)
    if sender is not None and sender.blocked:
        return "blocked", inbound.sender  # kept apart: nobody is told, and the sender does not notice
    writer = letter.sender.address.lower()
    if writer != inbound.sender.lower() and await uow.senders.is_blocked(inbound.channel, writer):
        return "blocked", writer  # also if they ask for answers to another address
    if not letter.automatic:
        await meet(inbound, sender, uow=uow, now=now)
    placed = await place(inbound, letter, candidates, uow=uow, now=now)
    if placed is None:
        return "set_aside", letter.automatic or ""
    if said.claimed and said.note and not placed.is_new and placed.conversation.address.lower() != writer:
        said = for_colleagues(said, f"it {said.note}", said.note)  # at a signed address: colleagues may have it
    return await _keep(said, placed, event, uow, now)


async def _keep(said: Read, placed: Placed, event: StoredEvent, uow: UnitOfWork, now: datetime) -> tuple[str, str]:
    inbound, letter = said.inbound, said.letter
    answers = await answers_in(inbound, letter, placed, uow=uow, at=event.received_at, now=now)
    message = _message(said, event, placed, answers)
    if not await uow.messages.add(message):
        if placed.is_new:  # nothing of it is to stay: not a conversation in which nothing stands
            raise FiledMeanwhile("The same mail has just been filed from another mailbox.", retry_after=1)
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
    await keep_answers(answers, message.id, conversation, at=event.received_at, uow=uow, now=now)
    await _go_on(message, conversation, placed, uow, now)
    return "filed", ""


async def _go_on(message: Message, conversation: Conversation, placed: Placed, uow: UnitOfWork, now: datetime) -> None:
    """What follows from a person's mail."""
    if placed.possible is not None:
        await uow.mails.offer_match(conversation.id, placed.possible, at=now)
    if placed.possible is not None or placed.undecided:  # nothing is opened for it before a person has decided
        await wait_for_decision(conversation, message.at, uow=uow, now=now)
    elif message.triaged:  # it only answered what it was asked
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    else:
        await opened(conversation, uow, now)
        uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))


def _message(said: Read, event: StoredEvent, placed: Placed, answers: Answers) -> Message:
    inbound, letter, conversation = said.inbound, said.letter, placed.conversation
    # What asks to be answered at the customer's address is theirs, though a form on a page may have sent it.
    customer = conversation.address.lower()
    somebody_else = customer not in (letter.sender.address.lower(), inbound.sender.lower())
    automatic = f"automatic: {letter.automatic}" if letter.automatic else None
    # Whoever writes says whom to answer: what is proven of them is not proven of that one.
    is_for = _asks_for(inbound, letter)
    return Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        with_subject(inbound.text, letter.subject, None if placed.is_new else conversation.subject),
        event.received_at,
        Delivery.DELIVERED,
        key=f"{inbound.channel}:{inbound.key}",
        triaged=letter.automatic is not None or answers.says_no_more,
        note=said.note or automatic or answers.note or is_for,
        author_name=(letter.sender.name or letter.sender.address) if somebody_else else None,
        author_address=letter.sender.address if somebody_else else None,
    )


def _asks_for(inbound: Inbound, letter: Letter) -> str | None:
    if letter.sender.address.lower() == inbound.sender.lower():
        return None
    return f"sent by {letter.sender.address}, who asks to answer {inbound.sender}"


async def _show(message: Message, conversation: Conversation, uow: UnitOfWork, now: datetime) -> None:
    """In the rooms of the conversation's open tickets, as what concerns none in particular."""
    tickets = [ticket for ticket in await uow.tickets.lock_recent(conversation.id) if ticket.is_live]
    for ticket in tickets:
        await uow.room.add_messages(ticket.id, [message.id], concerns=False, at=now)
        uow.emit(TicketChanged(ticket_id=ticket.id, at=now))
    if not tickets:
        uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
