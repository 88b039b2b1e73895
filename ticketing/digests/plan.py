"""When the clock comes to somebody's digest, it is told, once for each of their days; one that is late is not told.

What it says is read when it is told. Several clocks at once, or one that was down for a while, make no difference.
"""

from datetime import datetime, timedelta, tzinfo
from functools import partial
from uuid import UUID

from core.ids import new_id
from sla.calendar import Calendar
from ticketing.digests.days import WorkingDays
from ticketing.direct_messages.direct_message import DirectMessage, Kind
from ticketing.people.preferences import digest_on, next_digest
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.events import DirectMessageDue

LATE = timedelta(hours=2)  # a digest of the morning is no use in the afternoon
_LATE = "late"
_MOMENT = timedelta(microseconds=1)


async def plan_digests(*, hours: Calendar, zone: tzinfo, start: StartWork, now: datetime) -> int:
    """`hours` and `zone` are the desk's. Of how many people the clock came to the digest."""
    return await sweep(
        lambda uow, skip, most: uow.preferences.due_digests(now, skip=skip, most=most),
        partial(_plan_if_due, hours=hours, zone=zone, now=now),
        start=start,
    )


async def _plan_if_due(person_id: UUID, uow: UnitOfWork, *, hours: Calendar, zone: tzinfo, now: datetime) -> bool:
    async with uow:
        preferences, planned = await uow.preferences.lock_digest(person_id)
        if planned is None or planned > now:
            return False
        has_left = (await uow.people.get(person_id)).has_left
        # Also after a weekend without a clock, this morning's is not passed over.
        following = None if has_left else next_digest(preferences, zone, max(planned, now - LATE - _MOMENT))
        await uow.preferences.save(person_id, preferences, next_digest=following)
        day = planned.astimezone(preferences.where(zone)).date()
        if has_left or planned != digest_on(
            day, preferences, zone
        ):  # or the desk's zone changed, or that of their profile
            return False
        playbook = await uow.playbook()
        if day not in WorkingDays(hours, playbook.calendars.values()):
            return False
        message = DirectMessage(new_id(), person_id, Kind.DIGEST, f"digest:{day.isoformat()}", planned)
        if now - planned > LATE:
            await uow.direct_messages.miss(message, _LATE, now=now)
        elif await uow.direct_messages.owe(message):
            uow.emit(DirectMessageDue(message_id=message.id, at=now))
        return True
