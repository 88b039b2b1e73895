"""Tickets in flight follow the playbook: what stands in a status or is of a type that is no more goes to its successor,
and what leaves its status by itself does so when the playbook in force says.

Some at a time, each that moves with a record of its own. Killed anywhere, the next run goes on with what is left.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.instants import Clock
from ticketing.activity.record import Record, Value
from ticketing.people.actor import Actor
from ticketing.playbook.lifecycle import Status, StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.succession import Standing
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import MigrationUnfinished, TicketMigrated
from ticketing.tickets.moving_on import lasting, moves_on_at, retimed
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket

MOST = 200  # tickets in one transaction
LONGEST = timedelta(seconds=30)  # one run; a job may take three times as long
PAUSE = timedelta(seconds=5)  # between two runs, in which others get their turn
_LOOK_AFTER = (0.005, 0.01, 0.02, 0.05, *[0.1] * 100)  # seconds: at who is still at work, in one run


async def migrate_tickets(version: int, *, start: StartWork, clock: Clock, most: int = MOST) -> int:
    """Until every ticket stands where the playbook in force has it; how many were moved.

    Begun when this version was put in force. A run that is not done in time leaves the rest to the next one.
    """
    run = _Run(version, start, clock)
    done = await run.all_follow(most) and await run.earlier_ones_are_over() and await run.all_follow(1)
    async with start() as uow:
        if done:
            await uow.versions.end_migration(version, at=clock())
        else:
            uow.emit(MigrationUnfinished(version=version, due=clock() + PAUSE, at=clock()))
    return run.moved


async def misplaced(*, start: StartWork) -> Sequence[Standing]:
    """Where tickets stand that have to move."""
    async with start() as uow:
        standing = await uow.versions.standing()
        playbook = await uow.playbook()
        return [each for each in standing if has_to_move(each, playbook)]


def has_to_move(standing: Standing, playbook: Playbook) -> bool:
    """Whether this playbook has those tickets elsewhere."""
    return place_of(standing, playbook) != (standing.type, standing.status, standing.category)


def place_of(standing: Standing | Ticket, playbook: Playbook) -> tuple[str, str, StatusCategory]:
    """Type, status and category as the playbook has them now."""
    kind = playbook.type(standing.type).key
    status = playbook.lifecycle(kind).status(standing.status)
    return kind, status.key, status.category


class _Run:
    def __init__(self, version: int, start: StartWork, clock: Clock) -> None:
        self._version, self._start, self._clock = version, start, clock
        self._until = clock() + LONGEST
        self.moved = 0

    async def all_follow(self, most: int) -> bool:
        """So many in one transaction; what somebody has locked is only waited for one by one. False: time is over."""
        for place in await misplaced(start=self._start):
            if not await self._migrate_from(place, most):
                return False
        return all([await self._retime_in(place, most) for place in await self._retimed()])

    async def earlier_ones_are_over(self) -> bool:
        """Wait for all who began under an earlier version, and may still put a ticket where it had a status."""
        earlier = await self._writers()
        for delay in _LOOK_AFTER:
            if not earlier:
                break
            await asyncio.sleep(delay)
            earlier &= await self._writers()
        return not earlier

    async def _writers(self) -> frozenset[str]:
        async with self._start() as uow:
            return await uow.versions.writers()

    async def _migrate_from(self, place: Standing, most: int) -> bool:
        after = 0
        while self._clock() < self._until:
            async with self._start() as uow:
                tickets = await uow.tickets.lock_standing(place, after=after, most=most)
                moved = await self._migrate(tickets, uow)
            self.moved += moved
            if len(tickets) < most:
                return True
            after = tickets[-1].number
        return False

    async def _migrate(self, tickets: Sequence[Ticket], uow: UnitOfWork) -> int:
        if not tickets:
            return 0
        playbook = await uow.playbook()
        by = (await uow.versions.get(playbook.version)).by
        changes = [migrated(ticket, playbook, by=by, at=self._clock()) for ticket in tickets]
        moved = [change for change in changes if change.record is not None]
        for change in moved:
            await save_change(change, uow=uow)
        await uow.versions.count_moved(playbook.version, len(moved))
        return len(moved)

    async def _retimed(self) -> Sequence[Standing]:
        """Where tickets stand that may leave their status at another time than before this version."""
        async with self._start() as uow:
            migration = await uow.versions.migration(self._version)
            if migration is None or not migration.retimed:
                return []
            standing = await uow.versions.standing()
        return [each for each in standing if (each.type, each.status) in migration.retimed]

    async def _retime_in(self, place: Standing, most: int) -> bool:
        """No record of each: that of the version says it."""
        after, lasts = 0, await self._lasts(place)
        while self._clock() < self._until:
            now = self._clock()
            async with self._start() as uow:
                tickets = await uow.tickets.lock_mistimed(place, lasts, now=now, after=after, most=most)
                playbook = await uow.playbook()  # may be a later one: its own run finds those that are not found here
                for ticket in tickets:
                    status = playbook.lifecycle(ticket.type).status(ticket.status)
                    await uow.tickets.save(retimed(ticket, status, now=now))
            if len(tickets) < most:
                return True
            after = tickets[-1].number
        return False

    async def _lasts(self, place: Standing) -> timedelta | None:
        async with self._start() as uow:
            return lasting((await uow.playbook()).lifecycle(place.type).status(place.status))


def migrated(ticket: Ticket, playbook: Playbook, *, by: Actor, at: datetime) -> Changed:
    """The ticket where the playbook has it now. It has not come anywhere: how long it has stood there goes on."""
    kind, key, category = place_of(ticket, playbook)
    status = playbook.lifecycle(kind).status(key)
    before: dict[str, Value] = {"status": ticket.status}
    after: dict[str, Value] = {"status": key}
    if kind != ticket.type:
        before["type"], after["type"] = ticket.type, kind
    if category is not ticket.status_category:
        before["category"], after["category"] = ticket.status_category.value, category.value
    if before == after:
        return Changed(ticket)
    record = Record("status.migrated", by, at, before, {**after, "playbook": playbook.version})
    now = replace(
        ticket,
        type=kind,
        status=key,
        status_category=category,
        resolved_at=None if category.is_live else ticket.resolved_at or at,
        moves_on_at=_moves_on_at(ticket, status, at),
        updated_at=at,
        version=ticket.version + 1,
    )
    return Changed(now, record, TicketMigrated(ticket_id=ticket.id, at=at))


def _moves_on_at(ticket: Ticket, status: Status, at: datetime) -> datetime | None:
    """Nothing happens by itself to one that goes on as another ticket."""
    if ticket.merged_into is not None:
        return None
    return moves_on_at(status, since=ticket.status_since, planned=ticket.moves_on_at, now=at)
