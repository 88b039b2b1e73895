"""Delegates: who decides for a person while they are away. Named by themselves, or at the command line; recorded."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Stream
from ticketing.approvals.approval import Delegation
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.people.person import Person
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork


class DelegationRefused(Refused):
    """It makes no sense like that."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody's delegate."""

    name: str
    until: datetime


async def delegate(email: str, to: str, until: datetime, *, uow: UnitOfWork, now: datetime) -> None:
    """At the command line. In place of any other delegate of theirs. Raises NotFound, DelegationRefused."""
    async with uow:
        person, stand_in = await _person(email, uow), await _person(to, uow)
        await _name(person, stand_in, until, by=SYSTEM, uow=uow, now=now)


async def name_delegate(to: Person, until: datetime, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """For oneself, in place of any other delegate. Raises DelegationRefused."""
    async with uow:
        await _name(by, to, until, by=person_acting(by), uow=uow, now=now)


async def end_delegation(email: str, *, uow: UnitOfWork, now: datetime) -> bool:
    """At the command line. False: they had no delegate. Raises NotFound."""
    async with uow:
        return await _end(await _person(email, uow), by=SYSTEM, uow=uow, now=now)


async def dismiss_delegate(*, by: Person, uow: UnitOfWork, now: datetime) -> bool:
    """One's own. False: there was none."""
    async with uow:
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
        raise DelegationRefused("That time is over already.")
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
        raise NotFound(f"Nobody of the desk has the e-mail {email!r}: see `threadline people list`.")
    return found
