"""People say for themselves what they want to be told of, and when. An admin may say who is told by mail: whoever is
not in Slack has no other way."""

from dataclasses import replace
from datetime import datetime, tzinfo

from core.errors import NotFound
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.people.preferences import ByMail, Preferences, next_digest, recorded, require_zone
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
        await _keep(by, before, wanted, actor, zone, uow, now)
        return wanted


async def choose_by_mail(email: str, wanted: ByMail, *, zone: tzinfo, uow: UnitOfWork, now: datetime) -> Person:
    """For somebody, by an admin at the command line. Safe to repeat. Raises NotFound."""
    async with uow:
        person = await uow.people.by_email(email)
        if person is None:
            raise NotFound(f"Nobody of the desk has the address {email}: see threadline people list.")
        before = await uow.preferences.lock(person.id)
        await _keep(person, before, replace(before, by_mail=wanted), SYSTEM, zone, uow, now)
        return person


async def _keep(
    of: Person, before: Preferences, wanted: Preferences, actor: Actor, zone: tzinfo, uow: UnitOfWork, now: datetime
) -> None:
    if wanted == before:
        return
    await uow.preferences.save(of.id, wanted, next_digest=next_digest(wanted, zone, now))
    of_whom = {} if actor.id == of.id else {"person": of.email}
    record = Record("preferences.changed", actor, now, recorded(before), {**recorded(wanted), **of_whom})
    await uow.activity.append(Stream("people", DESK), [record])
