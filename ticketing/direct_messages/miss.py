"""What Slack could not tell somebody, because they are not there."""

from datetime import datetime
from uuid import UUID

from ticketing.ports import UnitOfWork
from ticketing.tickets.events import MissedInSlack


async def missed_in_slack(message_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """It is not told there; mail may tell it. Safe to repeat."""
    async with uow:
        if await uow.direct_messages.miss_in_slack(message_id, now=now):
            uow.emit(MissedInSlack(message_id=message_id, at=now))
