"""The kill switch of the AI: one row that every worker reads with each burst, so it works at once and everywhere.

Switched off, no brain is asked. What is being asked at that moment is still used.
"""

from datetime import datetime

from ticketing.activity.record import Record, Stream
from ticketing.people.actor import SYSTEM
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork
from ticketing.triage.ports import Switch


async def switch_ai(*, on: bool, uow: UnitOfWork, now: datetime) -> bool:
    """False if it was so already. Run by an admin at the command line; recorded like every change."""
    async with uow:
        if not await uow.switches.turn_ai(on=on, at=now):
            return False
        record = Record("ai.switched", SYSTEM, now, {"on": not on}, {"on": on})
        await uow.activity.append(Stream("desk", DESK), [record])
        return True


async def ai_switch(*, uow: UnitOfWork) -> Switch:
    """How it stands."""
    async with uow:
        return await uow.switches.ai()
