"""A person says where a doubtful mail belongs: it goes on with that conversation, or it is one of its own."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.file_message import opened
from ticketing.conversations.state import resolve
from ticketing.conversations.window import heard
from ticketing.mails.ports import Match
from ticketing.mails.undecided import decline, wait_for_decision
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.events import ConversationChanged, MessageReceived


class MatchDecided(Refused):
    """A colleague has said where it belongs. `by` is their name."""

    def __init__(self, match: Match) -> None:
        where = "belongs to the other conversation" if match.same else "is one of its own"
        super().__init__(f"{match.decided_by} has already said that this conversation {where}.")


async def join(conversation_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime) -> None:
    """Its mails go on with the other conversation, as if they had just come there; whoever wrote them takes part.

    `seen`: the version that was looked at. Safe to repeat; the conversation is resolved, and what answers it later goes
    to the other one, too. Raises MatchDecided, ChangedMeanwhile (another mail came), NotFound, PermissionRefused.
    """
    actor = person_acting(by)
    async with uow:
        offered = await _match(conversation_id, uow)
        here, there = await _locked(offered, uow)
        require(actor, Act.CORRECT)
        if not await _is_open(offered, here, same=True, by=actor, seen=seen, uow=uow):
            return
        await uow.mails.decide_match(here.id, same=True, by=by.name, at=now)
        newest = await uow.mails.join(here.id, there.id, at=now)
        for other in await uow.mails.aim_anew(here.id, there.id):
            uow.emit(ConversationChanged(conversation_id=other, at=now))
        await _leave(here, there, actor, uow, now)
        there = heard(replace(there, no_machine=here.no_machine), here.last_inbound_at or now)
        record = Record("conversation.joined", actor, now, {}, {"conversation": str(here.id)})
        await uow.activity.append(Stream("conversation", there.id), [record])
        await _arrive(there, newest, uow, now)


async def keep_apart(
    conversation_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime
) -> None:
    """It is one of its own: triage decides about it as about any new mail. `seen` and errors as in `join`."""
    actor = person_acting(by)
    async with uow:
        here = await uow.conversations.lock(conversation_id)
        require(actor, Act.CORRECT)
        offered = await _match(conversation_id, uow)
        if not await _is_open(offered, here, same=False, by=actor, seen=seen, uow=uow):
            return
        await decline(offered, by=actor, uow=uow, now=now)
        # Nobody is asked any more; whether people are to answer it is for triage to say.
        await uow.conversations.save(replace(here, awaiting_since=None, version=here.version + 1))
        uow.emit(ConversationChanged(conversation_id=here.id, at=now))
        await _understand(here.id, uow, now)


async def _match(conversation_id: UUID, uow: UnitOfWork) -> Match:
    match = await uow.mails.match(conversation_id)
    if match is None:
        raise NotFound("Nobody was asked where this conversation belongs.")
    return match


async def _locked(match: Match, uow: UnitOfWork) -> tuple[Conversation, Conversation]:
    """The conversation and the other one; in the order of their ids, by everybody."""
    ids = sorted((match.conversation_id, match.target_id))
    both = {each: await uow.conversations.lock(each) for each in ids}
    return both[match.conversation_id], both[match.target_id]


async def _is_open(
    offered: Match, here: Conversation, *, same: bool, by: Actor, seen: int | None, uow: UnitOfWork
) -> bool:
    """Whether it is still to be decided, now that the conversation is locked. False: they have said the same before."""
    match = await _match(here.id, uow)
    if match.same is not None:
        if (match.same, match.decided_by) == (same, by.name):
            return False
        raise MatchDecided(match)
    if match.target_id != offered.target_id or seen not in (None, here.version):
        raise ChangedMeanwhile("Something has come since you looked at it. Look at the card again, and then decide.")
    return True


async def _leave(here: Conversation, there: Conversation, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Nobody is to answer it any more: it goes on as the other one."""
    change = resolve(here, by=by, at=now, why="joined to another conversation", into=str(there.id))
    await uow.conversations.save(replace(change.conversation, version=here.version + 1))
    if change.record is not None:
        await uow.activity.append(Stream("conversation", here.id), [change.record])
    uow.emit(ConversationChanged(conversation_id=here.id, at=now))


async def _arrive(there: Conversation, newest: UUID | None, uow: UnitOfWork, now: datetime) -> None:
    """Triage attributes what has come; unless people are asked about this conversation as well."""
    match = await uow.mails.match(there.id)
    if match is not None and match.same is None:
        await wait_for_decision(there, there.last_inbound_at or now, uow=uow, now=now)
        return
    await opened(there, uow, now)
    if newest is not None:
        uow.emit(MessageReceived(conversation_id=there.id, message_id=newest, at=now))


async def _understand(conversation_id: UUID, uow: UnitOfWork, now: datetime) -> None:
    waiting = await uow.messages.waiting_for_triage(conversation_id)
    if waiting is not None:
        newest = waiting.messages[-1].id
        uow.emit(MessageReceived(conversation_id=conversation_id, message_id=newest, at=now))
