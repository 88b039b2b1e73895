"""Clocks are held to what is promised now: by another version of the playbook, or to a customer of another tier. Time
that was spent stays spent (SPEC 4.2).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from core.instants import Clock
from ticketing.activity.record import Stream
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sla.keep import calendars_for, kept, past_for, policy_of
from ticketing.tickets.events import PromisesChanged, TicketChanged
from ticketing.tickets.ticket import Ticket

MOST = 50  # tickets in one transaction: whoever wants one of them waits for a fraction of a second
LONGEST = timedelta(seconds=30)  # one run; the next one goes on where it stopped


async def hold_all(version: int, after: int, *, start: StartWork, clock: Clock, together: int = MOST) -> int:
    """Hold every live ticket behind number `after` to the playbook in force; how many were held otherwise.

    Begun by `version`. Killed anywhere, it is run again. A later version that promises the same has no run of its own.
    One that fails keeps no other from its turn: what failed is raised in the end, as an ExceptionGroup. `together`: so
    many in one transaction.
    """
    held, until, failed = 0, clock() + LONGEST, list[Exception]()
    most, passed = together, after - 1
    while clock() < until:
        tickets: Sequence[Ticket] = ()
        try:
            async with start() as uow:
                tickets = await uow.tickets.lock_live(after=after, most=most)
                done = [await hold(ticket, uow=uow, now=clock()) for ticket in tickets]
        except Exception as error:
            if not tickets:
                raise
            if most > 1:  # one by one it is found out whose it is
                most = 1
                continue
            failed.append(error)
            passed = tickets[-1].number
        else:
            held += sum(done)
        if len(tickets) < most:
            break
        after = tickets[-1].number
        if after == passed:  # the one that fails was found: the others go on together
            most = together
    else:
        async with start() as uow:
            uow.emit(PromisesChanged(version=version, after=after, at=clock()))
    if failed:
        raise ExceptionGroup(f"{len(failed)} tickets could not be held to what is promised", failed)
    return held


async def hold_to_tier(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """After its customer changed. Safe to repeat."""
    async with uow:
        if not (await uow.playbook()).policies:
            return
        ticket = await uow.tickets.lock(ticket_id)
        if ticket.is_live:
            tier = (await uow.customers.get(ticket.customer_id)).tier
            await hold(ticket, uow=uow, now=now, tier=tier or "")


async def hold(ticket: Ticket, *, uow: UnitOfWork, now: datetime, tier: str | None = None) -> bool:
    """The locked ticket, to what is promised now; whether it was held otherwise. `tier` as in `keep_up`."""
    playbook = await uow.playbook()
    level = await uow.service_levels.get(ticket.id)
    if level is None:
        if policy_of(ticket, playbook) is None:
            return False
        tier = tier if tier is not None else (await uow.customers.get(ticket.customer_id)).tier
    past = await past_for(ticket, level, [], playbook, tier, uow)
    calendars = await calendars_for(level, playbook, uow)
    held = kept(ticket, level, [], playbook=playbook, tier=tier, calendars=calendars, at=now, past=past)
    if not held.changed or held.level is None:
        return False
    await uow.activity.append(Stream("ticket", ticket.id), held.records, clocks=held.level)
    uow.emit(TicketChanged(ticket_id=ticket.id, at=now))
    return True
