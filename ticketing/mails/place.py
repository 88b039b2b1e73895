"""The conversation of a mail: the one that it goes on with, or one of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import ChannelUnavailable
from core.messages import Inbound, Letter
from ticketing.conversations.conversation import Conversation
from ticketing.mails.belong import Candidate, Possible, belongs
from ticketing.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Placed:
    """`conversation` is locked. `is_new`: the mail starts it. `possible`: it may belong to another one. `undecided`: so
    it was, and nobody has said yet whether it does.
    """

    conversation: Conversation
    is_new: bool
    possible: Possible | None = None
    undecided: bool = False


class FiledMeanwhile(ChannelUnavailable):
    """The same mail came to another mailbox of ours, and has just been filed from there."""


class JoinedMeanwhile(ChannelUnavailable):
    """The conversation that the mail goes on with has just been joined to another one: it belongs there."""


async def place(
    inbound: Inbound, letter: Letter, candidates: Sequence[Candidate], *, uow: UnitOfWork, now: datetime
) -> Placed | None:
    """None: a machine wrote it, and it belongs nowhere. Raises JoinedMeanwhile (retry)."""
    belonging = belongs(letter, candidates)
    if belonging.conversation_id is not None:
        conversation = await uow.conversations.lock(belonging.conversation_id)
        undecided = belonging.undecided and await _is_undecided(conversation, uow)
        return Placed(conversation, is_new=False, undecided=undecided)
    if letter.automatic:
        return None
    if known := await uow.messages.by_key(f"{inbound.channel}:{inbound.key}"):  # it came to another mailbox of ours
        return Placed(await uow.conversations.lock(known.conversation_id), is_new=False)
    conversation = await uow.conversations.open_for(inbound, at=now)
    if conversation.last_inbound_at is None:
        return Placed(conversation, is_new=True, possible=belonging.possible)
    return await _overtaken(conversation, uow)


async def _overtaken(conversation: Conversation, uow: UnitOfWork) -> Placed:
    """A later mail of its thread came first, and started the conversation of both."""
    match = await uow.mails.match(conversation.id)
    if match is not None and match.same:
        return Placed(await uow.conversations.lock(match.target_id), is_new=False)
    return Placed(conversation, is_new=False, undecided=match is not None and match.same is None)


async def _is_undecided(conversation: Conversation, uow: UnitOfWork) -> bool:
    """Asked again now that it is locked: somebody may just have decided."""
    match = await uow.mails.match(conversation.id)
    if match is not None and match.same:
        raise JoinedMeanwhile("The conversation has just been joined to another one.", retry_after=1)
    return match is not None and match.same is None
