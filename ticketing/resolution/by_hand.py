"""Somebody of the desk calls an action for a ticket: what is wanted is noted, and begun once their form shows that it
waits. `hand_checks.py` looks whether it may be done; `made_by_hand.py` does it, with nothing locked.

It is two steps for the door, like a suggested reply: a form that was closed or changed meanwhile has nothing done.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import new_id
from threadline import ActionSpec
from threadline.declaration import AGENT
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_checks import AgreementNeeded, Checks
from ticketing.resolution.ports import ActionsOf
from ticketing.resolution.run import Json
from ticketing.tickets.events import HandCallDue


def for_people(specs: Mapping[str, ActionSpec]) -> list[ActionSpec]:
    """The actions that agents may call, those that only look something up first."""
    return sorted((each for each in specs.values() if AGENT in each.may), key=lambda each: (each.writes, each.name))


async def ask_for_call(
    ticket_id: UUID,
    action: str,
    given: Mapping[str, Json],
    *,
    by: Person,
    actions: ActionsOf,
    start: StartWork,
    now: datetime,
) -> HandCall | AgreementNeeded:
    """Note what is wanted, as policy would have it called; nobody calls yet. AgreementNeeded, returned: somebody was
    asked, which is kept.

    Raises ActionNotForPeople, ArgumentsRefused, ChangedMeanwhile, NobodyToAsk, PermissionRefused, PolicySaysNo,
    TicketIsDiscarded, TicketIsMerged, NotFound.
    """
    calls = Checks(by, actions, start, now)
    found = await calls.look_up(ticket_id, action, given)
    async with start() as uow:
        asked = await calls.checked(ticket_id, action, given, uow, found)
        call_id = new_id()
        wanted = await asked.judged(found, but=call_id)
        if (needed := await asked.agreed(wanted)) is not None:
            return needed
        call = HandCall(call_id, ticket_id, by.id, action, wanted.arguments, now)
        await uow.hand_calls.add(call)
        return call


async def begin_call(
    call_id: UUID, form: Mapping[str, str], *, by: Person, actions: ActionsOf, start: StartWork, now: datetime
) -> AgreementNeeded | None:
    """The form shows that it waits: make it, if it may still be made. AgreementNeeded, returned: it is not, and
    somebody was asked. Begun twice, it is made once. Raises as `ask_for_call`.
    """
    calls = Checks(by, actions, start, now)
    async with start() as uow:
        call = await _own(call_id, by, uow)
    if call.form:
        return None
    found = await calls.look_up(call.ticket_id, call.action, call.arguments)
    async with start() as uow:
        if (call := await _own(call_id, by, uow)).form:
            return None
        asked, wanted = await calls.again(call, found, uow)
        if (needed := await asked.agreed(wanted)) is not None:
            return needed
        await uow.hand_calls.save(replace(call, form=form))
        uow.emit(HandCallDue(call_id=call.id, at=now))
        return None


async def _own(call_id: UUID, by: Person, uow: UnitOfWork) -> HandCall:
    asked = await uow.hand_calls.lock(call_id)
    if asked.person_id != by.id:
        raise NotFound("There is no such call.")
    return asked
