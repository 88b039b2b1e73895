"""Looks at the clocks of many tickets, some at a time: which of them are not what their record says."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from storage.clock_history import ClockHistories
from storage.database import Database, Row, Session
from storage.playbooks import Playbooks
from storage.tables import activity, service_level, ticket
from storage.work.service_levels import says
from storage.work.tickets import COLUMNS, ticket_of
from ticketing.activity.record import Entry, Stream
from ticketing.sla.mend import Fault, fault_of, reckoned

PAGE = 200  # tickets; and as many times the records of one

_NEWEST = select(func.coalesce(func.max(ticket.c.number), 0).label("number"))
_TICKETS = (
    select(*COLUMNS)
    .where(ticket.c.number > bindparam("after", type_=Integer))
    .order_by(ticket.c.number)
    .limit(bindparam("most", type_=Integer))
)
_LEVELS = select(service_level).where(service_level.c.ticket_id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
_RECORDS = (
    select(activity)
    .where(
        activity.c.stream_kind == literal_column("'ticket'"),
        activity.c.stream_id == any_(bindparam("tickets", type_=ARRAY(Uuid))),
    )
    .order_by(activity.c.stream_id, activity.c.seq)
)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A ticket whose clocks seemed wrong. Whoever mends them looks again."""

    ticket_id: UUID
    number: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Looked:
    """`until`: the number of the last ticket that was looked at."""

    until: int
    tickets: int
    doubtful: Sequence[Doubtful]


async def newest_number(database: Database) -> int:
    """0: there are no tickets."""
    async with database.single() as session:
        return int((await session.execute(_NEWEST)).scalar() or 0)


async def look(database: Database, playbooks: Playbooks, *, after: int = 0) -> AsyncIterator[Looked]:
    """Every ticket with a higher number, in the order of their numbers. Nothing is locked."""
    while True:
        async with database.snapshot() as session:
            looked = await _page(session, playbooks, after)
        if looked is None:
            return
        yield looked
        after = looked.until


async def _page(session: Session, playbooks: Playbooks, after: int) -> Looked | None:
    tickets = [ticket_of(row) for row in await session.execute(_TICKETS, {"after": after, "most": PAGE})]
    if not tickets:
        return None
    these = {"tickets": [each.id for each in tickets]}
    stored = {row.ticket_id: row for row in await session.execute(_LEVELS, these)}
    records: dict[UUID, list[Entry]] = {each.id: [] for each in tickets}
    for row in await session.execute(_RECORDS, these):
        records[row.stream_id].append(_entry(row))
    playbook = await playbooks.current(session)
    histories = ClockHistories(session, playbooks)
    doubtful = []
    for each in tickets:
        told = reckoned(await histories.made_of(records[each.id]))
        fault = fault_of(each, told, playbook, stored=says(stored.get(each.id), each.id, told.level))
        if fault is not None:
            doubtful.append(Doubtful(each.id, each.number, fault))
    return Looked(tickets[-1].number, len(tickets), doubtful)


def _entry(row: Row) -> Entry:
    return Entry(
        Stream(row.stream_kind, row.stream_id),
        row.seq,
        row.kind,
        row.actor_kind,
        row.actor_id,
        row.actor_name,
        row.at,
        row.before,
        row.after,
        row.previous,
        row.hash,
    )
