"""Clocks that are not what their record says are put right (SPEC 4.5): the record counts, whatever is stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.sla.history import ClockHistory
from ticketing.sla.hold import hold
from ticketing.sla.keep import policy_of
from ticketing.sla.service_level import ServiceLevel
from ticketing.tickets.events import TicketChanged
from ticketing.tickets.ticket import Ticket


class Fault(StrEnum):
    """What can be wrong with the clocks of a ticket."""

    DIFFERENT = "different"  # stored otherwise than the record says
    MISSING = "missing"  # something is promised for it, and it never got any
    LEFT_OVER = "left_over"  # it counts nowhere any more, and is held to a promise all the same
    UNREADABLE = "unreadable"  # its record names what is not there: nothing is known of its clocks


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The clocks as the record has them; None: they were never set, or nothing can be said (`readable`)."""

    level: ServiceLevel | None
    readable: bool = True


def reckoned(history: ClockHistory) -> Reckoned:
    try:
        return Reckoned(history.level())
    except (LookupError, ValueError):
        return Reckoned(None, readable=False)


def fault_of(ticket: Ticket, told: Reckoned, playbook: Playbook, *, stored: bool) -> Fault | None:
    """`stored`: just what its record tells is what is stored. Whether it was held to this playbook yet is no matter:
    a job sees to it.
    """
    if not told.readable:
        return Fault.UNREADABLE
    if not stored:
        return Fault.DIFFERENT
    if told.level is None:
        return Fault.MISSING if ticket.is_live and policy_of(ticket, playbook) is not None else None
    counts = ticket.discarded_at is None and ticket.merged_into is None
    return Fault.LEFT_OVER if told.level.policy is not None and not counts else None


async def mend(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> Fault | None:
    """Look again, under the ticket's lock, and put its clocks right; what was wrong with them. None: nothing is.

    What cannot be read stays as it is. Safe to repeat.
    """
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        told = reckoned(await uow.clock_histories.of(ticket_id))
        stored = await uow.service_levels.stores(ticket_id, told.level)
        playbook = await uow.playbook()
        found = fault_of(ticket, told, playbook, stored=stored)
        if found is Fault.DIFFERENT:
            if told.level is None:
                await uow.service_levels.forget(ticket_id)
            else:
                await uow.service_levels.save(ticket_id, told.level)
            uow.emit(TicketChanged(ticket_id=ticket_id, at=now))
        if fault_of(ticket, told, playbook, stored=True) in (Fault.MISSING, Fault.LEFT_OVER):
            await hold(ticket, uow=uow, now=now)
        return found
