"""No machine of ours answers a machine, and none writes to one address without end (RFC 3834, SPEC 1.7).

Two machines that answer each other stop at nothing. So what no person wrote is held back where the newest mail says
that a machine may have written it; and as not every machine says so, it is counted as well.
"""

from dataclasses import replace
from datetime import datetime

from core.messages import Letter
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation, Message
from ticketing.mails.ports import ANSWERS_WITHIN, FLOOD, FLOOD_WITHIN, MOST_ANSWERS, Heard
from ticketing.people.actor import Actor
from ticketing.ports import UnitOfWork

# Fixed words: they go into the record.
_A_MACHINE = "what was written last is not for a machine to answer"
_COMES_BACK = "mail to them comes back"
_ENOUGH = f"{MOST_ANSWERS} automatic mails went there within {ANSWERS_WITHIN.total_seconds() / 3600:.0f} hours"


async def is_held_back(
    conversation: Conversation, stream: Stream, *, request: str, by: Actor, uow: UnitOfWork, now: datetime
) -> bool:
    """Whether what no person wrote may not be sent there; it is recorded then. If it may, it is counted.

    Asked once for each request, by whoever is about to write it. The conversation is locked, and of a channel with
    letters.
    """
    why = await _why(conversation, uow, now)
    if why is None:
        return False
    if not await uow.activity.says(stream, "reply.held_back", {"request": request}):
        await uow.activity.append(stream, [Record("reply.held_back", by, now, {}, {"why": why, "request": request})])
    return True


async def _why(conversation: Conversation, uow: UnitOfWork, now: datetime) -> str | None:
    """None: nothing speaks against it, and it is counted."""
    if conversation.no_machine is not None:
        return _A_MACHINE
    if await uow.suppressions.of(conversation.channel, [conversation.recipient]):
        return _COMES_BACK  # a person's reply fails and says so; of this nobody has to hear
    may = await uow.mails.answer_by_machine(conversation.channel, conversation.recipient, at=now)
    return None if may else _ENOUGH


async def watch_flood(message: Message, letter: Letter, heard: Heard, *, uow: UnitOfWork) -> Letter:
    """The letter of this filed message: whoever writes more than any person does gets no answer from a machine."""
    if heard.mails <= FLOOD:
        return letter
    minutes = FLOOD_WITHIN.total_seconds() / 60
    words = f"more than {FLOOD} mails came from {letter.sender.address} within {minutes:.0f} minutes"
    if heard.mails == FLOOD + 1:  # once, not below each of them
        note = f"{words}: no machine answers them for now"
        await uow.messages.save_delivery(replace(message, note=f"{message.note} · {note}" if message.note else note))
    return replace(letter, unanswerable=letter.unanswerable or words)
