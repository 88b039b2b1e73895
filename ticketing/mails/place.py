"""The conversation of a mail: the one that it goes on with, or one of its own."""

from dataclasses import dataclass
from datetime import datetime

from core.messages import Inbound, Letter
from ticketing.conversations.conversation import Conversation
from ticketing.mails.belong import Possible, belongs
from ticketing.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Placed:
    """`conversation` is locked. `is_new`: the mail starts it. `possible`: it may belong to another one."""

    conversation: Conversation
    is_new: bool
    possible: Possible | None = None


async def place(inbound: Inbound, letter: Letter, *, uow: UnitOfWork, now: datetime) -> Placed | None:
    """None: a machine wrote it, and it belongs nowhere."""
    belonging = belongs(letter, await uow.mails.candidates(letter, inbound.channel))
    if belonging.conversation_id is not None:
        return Placed(await uow.conversations.lock(belonging.conversation_id), is_new=False)
    if letter.automatic:
        return None
    conversation = await uow.conversations.open_for(inbound, at=now)
    return Placed(conversation, is_new=True, possible=belonging.possible)
