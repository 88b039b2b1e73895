"""Pages that somebody has open are looked at again from time to time. Run by the clock."""

from datetime import datetime

from ticketing.ports import StartWork
from ticketing.tickets.events import HomeDue

_MOST = 100  # at once


async def refresh_due(*, start: StartWork, now: datetime) -> int:
    """How many are to be looked at; each is once, however many clocks tick. Costs who has one open, nothing else."""
    async with start() as uow:
        due = await uow.homes.due(now, most=_MOST)
        for each in due:
            uow.emit(HomeDue(person_id=each, at=now))
    return len(due)
