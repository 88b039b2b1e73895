"""File a mail after all that was set aside: somebody looked, and a person wrote it."""

from datetime import datetime

from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import EventStored


async def file_by_hand(event: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> bool:
    """False: nothing of that number is set aside, or any more. Safe to repeat. Raises PermissionRefused."""
    async with uow:
        require(by, Act.UNBLOCK)
        if not await uow.inbox.release_set_aside(event):
            return False
        uow.emit(EventStored(inbox_id=event, at=now))
        return True
