"""People say for themselves what they want to be told of, and when."""

from dataclasses import replace
from datetime import datetime, tzinfo

from ticketing.activity.record import Record, Stream
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.people.preferences import Preferences, next_digest, recorded, require_zone
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork


async def preferences_of(person: Person, *, uow: UnitOfWork) -> Preferences:
    """Their own."""
    async with uow:
        require(person_acting(person), Act.PREFER)
        return await uow.preferences.get(person.id)


async def prefer(wanted: Preferences, *, by: Person, zone: tzinfo, uow: UnitOfWork, now: datetime) -> Preferences:
    """They want this from now on; `zone`: the desk's. Safe to repeat. Raises ZoneUnknown."""
    actor = person_acting(by)
    require(actor, Act.PREFER)
    require_zone(wanted.zone)
    wanted = replace(wanted, digest_at=wanted.digest_at.replace(second=0, microsecond=0, tzinfo=None))
    async with uow:
        before = await uow.preferences.lock(by.id)
        wanted = replace(wanted, slack_zone=before.slack_zone)
        if wanted != before:
            await uow.preferences.save(by.id, wanted, next_digest=next_digest(wanted, zone, now))
            record = Record("preferences.changed", actor, now, recorded(before), recorded(wanted))
            await uow.activity.append(Stream("people", DESK), [record])
        return wanted
