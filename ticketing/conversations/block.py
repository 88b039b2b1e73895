"""Block a sender: what they send is kept apart and bothers nobody until somebody unblocks them (SPEC 1.3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record, Stream
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import resolve
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, EventStored


@dataclass(frozen=True, slots=True)
class Unblocked:
    """What unblocking did. `filed`: events kept apart until now that are being filed."""

    was_blocked: bool
    filed: int


async def block_conversations_sender(conversation_id: UUID, *, by: Actor, uow: UnitOfWork, now: datetime) -> bool:
    """Block whoever writes in this conversation. False: they were already. Raises PermissionRefused."""
    async with uow:
        conversation = await uow.conversations.get(conversation_id)
        return await _block(conversation.channel, conversation.address, by, uow, now)


async def block_sender(channel: str, address: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> bool:
    """The same by address. Raises NotFound: nobody has written from there."""
    async with uow:
        return await _block(channel, address, by, uow, now)


async def _block(channel: str, address: str, by: Actor, uow: UnitOfWork, now: datetime) -> bool:
    require(by, Act.BLOCK)
    await uow.senders.meet(channel, address, at=now)
    conversations = await uow.conversations.lock_all_of(channel, address)  # before the sender, by everybody
    sender = await uow.senders.lock(channel, address)
    if sender.blocked_at is not None:
        return False
    await uow.senders.save(replace(sender, blocked_at=now, blocked_by=by.name))
    record = Record("sender.blocked", by, now, {"blocked": False}, {"blocked": True})
    await uow.activity.append(Stream("sender", sender.id), [record])
    for conversation in conversations:
        if conversation.awaiting_since is not None:  # nobody is to answer it any more
            await save_conversation(resolve(conversation, by=by, at=now, why="sender blocked"), uow=uow, now=now)
        else:  # its light card says who blocked the sender
            uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
    return True


async def unblock_sender(
    channel: str, address: str, *, by: Actor, file: bool, uow: UnitOfWork, now: datetime
) -> Unblocked:
    """`file`: what was kept apart is filed after all. Safe to repeat. Raises PermissionRefused, NotFound."""
    async with uow:
        require(by, Act.UNBLOCK)
        conversations = await uow.conversations.lock_all_of(channel, address)  # before the sender, by everybody
        sender = await uow.senders.lock(channel, address)
        was_blocked = sender.blocked_at is not None
        if was_blocked:
            await uow.senders.save(replace(sender, blocked_at=None, blocked_by=None))
            record = Record("sender.unblocked", by, now, {"blocked": True}, {"blocked": False})
            await uow.activity.append(Stream("sender", sender.id), [record])
            for conversation in conversations:  # their light cards say who blocked the sender
                uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
        kept = await uow.inbox.release_blocked(channel, address) if file else ()
        for inbox_id in kept:
            uow.emit(EventStored(inbox_id=inbox_id, at=now))
        return Unblocked(was_blocked, len(kept))
