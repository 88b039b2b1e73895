"""Send mail again to an address that took none: a person says that it was mended."""

from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.reachability import cards_say_so, save_reach, told
from ticketing.mails.suppressed import Suppressed
from ticketing.mails.suppression import all_cards_say_so
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork


async def allow_address(channel: str, address: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> Suppressed | None:
    """What stood against it. None: nothing did. Safe to repeat. Raises PermissionRefused."""
    async with uow:
        require(by, Act.WRITE_AGAIN)
        conversations = await uow.conversations.lock_all_of(channel, address.lower())
        lifted = await uow.suppressions.lift(channel, address)
        if lifted is None:
            return None
        for each in conversations:
            if each.unreachable_since is not None:
                await save_reach(told(each, reachable=True, by=by, at=now), uow=uow, now=now)
            else:  # another thread of theirs came back, and the cards of this one say so
                await cards_say_so(each, uow=uow, now=now)
        message = await uow.messages.lock(lifted.message_id)
        await _record(lifted, message.conversation_id, by, uow, now)
        return lifted


async def allow_by_sending(conversation: Conversation, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Who sends again to an address that takes no mail says that it was mended. The conversation is locked.

    Raises PermissionRefused.
    """
    if not conversation.thread or not await uow.suppressions.of(conversation.channel, [conversation.recipient]):
        return
    require(by, Act.WRITE_AGAIN)
    lifted = await uow.suppressions.lift(conversation.channel, conversation.recipient)
    if lifted is not None:
        await save_reach(told(conversation, reachable=True, by=by, at=now), uow=uow, now=now)
        await _record(lifted, conversation.id, by, uow, now)
        await all_cards_say_so(conversation, uow=uow, now=now)


async def _record(lifted: Suppressed, conversation_id: UUID, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    record = Record("address.allowed", by, now, {}, {"message": str(lifted.message_id)})
    await uow.activity.append(Stream("conversation", conversation_id), [record])
