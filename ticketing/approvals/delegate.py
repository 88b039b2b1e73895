"""Delegates: who decides for a person while they are away. Set at the command line; recorded like every change."""

from datetime import datetime

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Stream
from ticketing.approvals.approval import Delegation
from ticketing.people.actor import SYSTEM
from ticketing.people.person import Person
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork


class DelegationRefused(Refused):
    """It makes no sense like that."""


async def delegate(email: str, to: str, until: datetime, *, uow: UnitOfWork, now: datetime) -> Delegation:
    """In place of any other delegate of theirs. Raises NotFound, DelegationRefused."""
    async with uow:
        person, stand_in = await _person(email, uow), await _person(to, uow)
        if person.id == stand_in.id:
            raise DelegationRefused("Nobody is their own delegate.")
        if until <= now:
            raise DelegationRefused("That time is over already.")
        made = Delegation(person.id, stand_in.id, until)
        await uow.approvals.delegate(made)
        after = {"person": str(person.id), "to": str(stand_in.id), "until": until.isoformat()}
        await uow.activity.append(Stream("people", DESK), [Record("delegate.named", SYSTEM, now, {}, after)])
        return made


async def end_delegation(email: str, *, uow: UnitOfWork, now: datetime) -> bool:
    """False: they had no delegate. Raises NotFound."""
    async with uow:
        person = await _person(email, uow)
        if not await uow.approvals.end_delegation(person.id):
            return False
        record = Record("delegate.ended", SYSTEM, now, {"person": str(person.id)}, {})
        await uow.activity.append(Stream("people", DESK), [record])
        return True


async def _person(email: str, uow: UnitOfWork) -> Person:
    found = await uow.people.by_email(email.strip().lower())
    if found is None:
        raise NotFound(f"Nobody of the desk has the e-mail {email!r}: see `threadline people list`.")
    return found
