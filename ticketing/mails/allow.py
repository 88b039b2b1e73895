"""Send mail again to an address that took none: a person says that it was mended."""

from datetime import datetime

from ticketing.activity.record import Record, Stream
from ticketing.conversations.reachability import save_reach, told
from ticketing.mails.suppressed import Suppressed
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork


async def allow_address(channel: str, address: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> Suppressed | None:
    """What stood against it. None: nothing did. Safe to repeat. Raises PermissionRefused."""
    async with uow:
        require(by, Act.UNBLOCK)
        conversations = await uow.conversations.lock_all_of(channel, address.lower())
        lifted = await uow.suppressions.lift(channel, address)
        if lifted is None:
            return None
        for each in conversations:
            if each.unreachable_since is not None:
                await save_reach(told(each, reachable=True, by=by, at=now), uow=uow, now=now)
        message = await uow.messages.lock(lifted.message_id)
        record = Record("address.allowed", by, now, {}, {"message": str(message.id)})
        await uow.activity.append(Stream("conversation", message.conversation_id), [record])
        return lifted
