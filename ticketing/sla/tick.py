"""What clocks have to tell is told when it comes due: at risk, warning, breached, steps of escalation (SPEC 4.3, 4.4).

Each is fired under its ticket's lock, after another look at the clock, and recorded with its own instant: nothing fires
for a ticket that was settled a moment ago, and nothing fires twice, whoever else ticks or was killed at it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sla.clock import Kind, due_events
from sla.target import BREACHED, WARNING
from ticketing.activity.record import Record, Stream
from ticketing.escalation.carry_out import carry_out
from ticketing.people.actor import SYSTEM
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import EscalationAction
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sla.history import FIRED, follow, of_record
from ticketing.sla.keep import calendars_for, kept, policy_of
from ticketing.sla.service_level import ServiceLevel
from ticketing.sweep import sweep
from ticketing.tickets.events import SlaTold
from ticketing.tickets.ticket import Ticket

MOST = 200  # tickets in one transaction
STEP = "step:"  # what the event of an escalation step begins with


@dataclass(frozen=True, slots=True)
class Told:
    """What the clocks of one ticket told: the clocks after it, the records, what is told to whom, what is done."""

    level: ServiceLevel
    records: tuple[Record, ...]
    events: tuple[SlaTold, ...]
    actions: tuple[EscalationAction, ...]


async def tell_due(*, start: StartWork, now: datetime) -> int:
    """Fire everything that has come due by now; how many events. Costs what is due, never what exists.

    A ticket that fails keeps no other from its turn: what failed is raised in the end, as an ExceptionGroup.
    """
    fired = passed = 0
    while True:
        try:
            async with start() as uow:
                due = await uow.service_levels.due(now, skip=passed, most=MOST)
                done = await _tell(due, now, uow) if due else 0
        except Exception:  # whatever it is: one by one it is found out whose it is
            return fired + await sweep(partial(_due, now), partial(_tell_one, now=now), start=start)
        fired += done
        if done == 0:
            if len(due) < MOST:
                return fired
            passed += len(due)  # all of it is in the hands of somebody else: nobody waits behind them


async def _due(now: datetime, uow: UnitOfWork, skip: int, most: int) -> Sequence[UUID]:
    return await uow.service_levels.due(now, skip=skip, most=most)


async def _tell_one(ticket_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        return await _tell([ticket_id], now, uow) > 0


async def next_due(*, start: StartWork) -> datetime | None:
    """When the next clock has something to tell; it may have passed."""
    async with start() as uow:
        return await uow.service_levels.next_event()


async def _tell(ticket_ids: Sequence[UUID], now: datetime, uow: UnitOfWork) -> int:
    tickets = await uow.tickets.lock_free(ticket_ids)
    levels = await uow.service_levels.of([ticket.id for ticket in tickets])
    playbook = await uow.playbook()
    told: dict[UUID, Told] = {}
    for ticket in tickets:
        if (level := levels.get(ticket.id)) is not None:
            promised = policy_of(ticket, playbook) is not None
            found = told_by(ticket, level, playbook, now) if promised else await _let_go(ticket, level, now, uow)
            told |= {ticket.id: found} if found.records else {}
    await uow.service_levels.save_all({key: each.level for key, each in told.items()})
    await uow.activity.append_all({Stream("ticket", key): each.records for key, each in told.items()})
    for ticket in tickets:
        if ticket.id in told:
            await carry_out(ticket, told[ticket.id].actions, uow=uow, now=now)
            for event in told[ticket.id].events:
                uow.emit(event)
    return sum(len(each.records) for each in told.values())


def told_by(ticket: Ticket, level: ServiceLevel, playbook: Playbook, now: datetime) -> Told:
    """What comes due on this ticket's clocks by now, in the order of its instants. Pure."""
    marks = ((mark.at, kind, mark.event) for kind, clock in level.clocks.items() for mark in due_events(clock, now))
    due = sorted([(at, kind, event) for at, kind, event in marks if at is not None], key=lambda each: each[0])
    records = tuple(_record(kind, event, at, now) for at, kind, event in due)
    for record in records:
        level = follow(level, of_record(record), playbook.sla_policy, {}) or level
    events = tuple(_told_of(ticket.id, due, now))
    actions = tuple(action for _, kind, event in due for action in actions_of(level.policy, kind, event, playbook))
    return Told(level, records, events, actions)


def _told_of(ticket_id: UUID, due: Sequence[tuple[datetime, Kind, str]], now: datetime) -> Iterator[SlaTold]:
    """What people hear of it. A warning or a breach speaks for the steps of its instant, and of what is breached by now
    nobody is warned: nobody is told twice.
    """
    late = {kind for _, kind, event in due if event == BREACHED}
    heard = [each for each in due if each[2] != WARNING or each[1] not in late]
    spoken = {(at, kind): event for at, kind, event in heard if event in (WARNING, BREACHED)}
    for at, kind, event in heard:
        by = spoken.get((at, kind))
        if by is not None and event.startswith(STEP):
            continue
        steps = [other for when, of, other in due if (when, of) == (at, kind) and other.startswith(STEP)]
        also = ",".join(steps) if event == by else ""
        yield SlaTold(ticket_id=ticket_id, clock=kind.value, event=event, due=at, also=also, at=now)


async def _let_go(ticket: Ticket, level: ServiceLevel, now: datetime, uow: UnitOfWork) -> Told:
    """Nothing is promised for it any more, and its clocks have not heard of that yet: they have nothing to tell."""
    playbook = await uow.playbook()
    calendars = await calendars_for(level, playbook, uow)
    gone = kept(ticket, level, [], playbook=playbook, tier=None, calendars=calendars, at=now)
    return Told(gone.level or level, tuple(gone.records), (), ())


def actions_of(policy_key: str | None, kind: Kind, event: str, playbook: Playbook) -> tuple[EscalationAction, ...]:
    """What an escalation step does, as the playbook in force has it; nothing, if it has no such step any more."""
    policy = playbook.policies.get(policy_key or "")
    step = policy.step(kind, event.removeprefix(STEP)) if policy and event.startswith(STEP) else None
    return step.actions if step else ()


def _record(kind: Kind, event: str, due: datetime, now: datetime) -> Record:
    return Record(FIRED, SYSTEM, now, {}, {"clock": kind.value, "event": event, "due": due.isoformat()})
