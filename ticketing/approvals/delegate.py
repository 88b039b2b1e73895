"""Delegates: who decides for a person while they are away. Named by themselves, or at the command line; recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Stream
from ticketing.approvals.approval import Delegation
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork

LONGEST = timedelta(days=92)


class DelegationRefused(Refused):
    """It makes no sense like that."""


class DelegationPeriodRefused(DelegationRefused):
    """Not until then: that is over already, or too far away."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody's delegate."""

    name: str
    until: datetime


def until_end_of(day: date, zone: tzinfo, *, now: datetime) -> datetime:
    """The end of this day by the clock of `zone`. Raises DelegationPeriodRefused."""
    today = now.astimezone(zone).date()
    if day < today:
        raise DelegationPeriodRefused("That day is over. Choose today or a later one.")
    if day - today >= LONGEST:
        last = today + LONGEST - timedelta(days=1)
        raise DelegationPeriodRefused(
            f"That is too far away. Choose {last:%Y-%m-%d} or an earlier day; you can go on from there."
        )
    return datetime.combine(day + timedelta(days=1), time(), zone)


async def delegate(email: str, to: str, until: datetime, *, uow: UnitOfWork, now: datetime) -> None:
    """At the command line. In place of any other delegate of theirs. Raises NotFound, DelegationRefused."""
    async with uow:
        email, to = (each.strip().lower() for each in (email, to))
        here = await _lock([email, to], uow)
        for each in (email, to):
            if each not in here:
                raise _unknown(each)
        await _name(here[email], here[to], until, by=SYSTEM, uow=uow, now=now)


async def name_delegate(to: Person, until: datetime, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """For oneself, in place of any other delegate. Raises DelegationRefused, PermissionRefused."""
    async with uow:
        here = await _lock([by.email, to.email], uow)
        require(person_acting(here.get(by.email, replace(by, has_left=True))), Act.DELEGATE)
        if to.email not in here:
            raise DelegationRefused(f"{to.name} has left the desk, so they can decide nothing. Choose somebody else.")
        await _name(by, to, until, by=person_acting(by), uow=uow, now=now)


async def end_delegation(email: str, *, uow: UnitOfWork, now: datetime) -> bool:
    """At the command line. False: they had no delegate. Raises NotFound."""
    async with uow:
        return await _end(await _person(email, uow), by=SYSTEM, uow=uow, now=now)


async def dismiss_delegate(*, by: Person, uow: UnitOfWork, now: datetime) -> bool:
    """One's own. False: there was none. Raises PermissionRefused."""
    async with uow:
        require(person_acting(by), Act.DELEGATE)
        return await _end(by, by=person_acting(by), uow=uow, now=now)


async def delegate_of(person: Person, *, uow: UnitOfWork, now: datetime) -> StandIn | None:
    """Who decides for this person now."""
    async with uow:
        for made in await uow.approvals.delegations(at=now):
            if made.person_id == person.id:
                return StandIn((await uow.people.get(made.to_id)).name, made.until)
    return None


async def _name(
    person: Person, stand_in: Person, until: datetime, *, by: Actor, uow: UnitOfWork, now: datetime
) -> None:
    if person.id == stand_in.id:
        raise DelegationRefused("Nobody is their own delegate.")
    if until <= now:
        raise DelegationPeriodRefused("That time is over already.")
    if until > now + LONGEST + timedelta(hours=1):  # a night in which clocks are put back is in it
        raise DelegationPeriodRefused(f"That is too far away: it can be at most {LONGEST.days} days from now.")
    await uow.approvals.delegate(Delegation(person.id, stand_in.id, until))
    after = {"person": str(person.id), "to": str(stand_in.id), "until": until.isoformat()}
    await uow.activity.append(Stream("people", DESK), [Record("delegate.named", by, now, {}, after)])


async def _end(person: Person, *, by: Actor, uow: UnitOfWork, now: datetime) -> bool:
    if not await uow.approvals.end_delegation(person.id):
        return False
    record = Record("delegate.ended", by, now, {"person": str(person.id)}, {})
    await uow.activity.append(Stream("people", DESK), [record])
    return True


async def _person(email: str, uow: UnitOfWork) -> Person:
    found = await uow.people.by_email(email.strip().lower())
    if found is None:
        raise _unknown(email)
    return found


async def _lock(emails: Sequence[str], uow: UnitOfWork) -> dict[str, Person]:
    """Those of them who are here, and stay until the end of the transaction."""
    found = [await uow.people.lock_by_email(email) for email in sorted(set(emails))]  # in one order: no deadlock
    return {each.email: each for each in found if each is not None and not each.has_left}


def _unknown(email: str) -> NotFound:
    return NotFound(f"Nobody of the desk has the e-mail {email!r}: see `threadline people list`.")
