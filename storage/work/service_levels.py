"""The clocks of tickets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, delete, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import DateTime, Integer, Uuid

from sla.calendar import Calendar
from sla.clock import Kind
from sla.notation import calendar_data, read_calendar
from storage.database import Row, Session
from storage.tables import activity_head, service_level, sla_calendar
from storage.work.clock_json import clocks_json, clocks_of
from ticketing.activity.chain import Head
from ticketing.activity.record import Stream
from ticketing.sla.service_level import ServiceLevel
from ticketing.triage.suggestion import Priority

_COLUMNS = (
    service_level.c.policy,
    service_level.c.playbook,
    service_level.c.priority,
    service_level.c.tier,
    service_level.c.ai_responds,
    service_level.c.clocks,
)
_NOW = bindparam("now", type_=DateTime(timezone=True))
_TICKET = bindparam("ticket", type_=Uuid)
# Whoever asks for the clocks of a ticket writes its record next: the record's head is locked and read with them.
# Neither is read in the statement that locks the ticket: what is joined to a lock that waits is as it was before.
_HERE = select(_TICKET.label("id")).subquery("here")
_HEAD = (
    select(activity_head.c.seq, activity_head.c.hash)
    .where(activity_head.c.stream_kind == "ticket", activity_head.c.stream_id == _TICKET)
    .with_for_update(key_share=True)
    .subquery("head")
)
_GET = select(
    service_level.c.ticket_id, *_COLUMNS, _HEAD.c.seq.label("head_seq"), _HEAD.c.hash.label("head_hash")
).select_from(_HERE.outerjoin(service_level, service_level.c.ticket_id == _HERE.c.id).outerjoin(_HEAD, true()))
_OF = select(service_level.c.ticket_id, *_COLUMNS).where(
    service_level.c.ticket_id == any_(bindparam("tickets", type_=ARRAY(Uuid)))
)
_NEW = insert(service_level).values(
    {each.name: bindparam(f"sla_{each.name}", type_=each.type) for each in service_level.c}
)
SAVE = _NEW.on_conflict_do_update(
    index_elements=[service_level.c.ticket_id],
    set_={each.name: _NEW.excluded[each.name] for each in service_level.c if each.name != "ticket_id"},
)
_DUE = (
    select(service_level.c.ticket_id)
    .where(service_level.c.next_event_at.is_not(None), service_level.c.next_event_at <= _NOW)
    .order_by(service_level.c.next_event_at)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_NEXT = (
    select(service_level.c.next_event_at)
    .where(service_level.c.next_event_at.is_not(None))
    .order_by(service_level.c.next_event_at)
    .limit(1)
)
_ROW = select(service_level).where(service_level.c.ticket_id == _TICKET)
_FORGET = delete(service_level).where(service_level.c.ticket_id == bindparam("ticket"))
_CALENDARS = select(sla_calendar.c.key, sla_calendar.c.definition).where(
    sla_calendar.c.key == any_(bindparam("keys", type_=ARRAY(Text)))
)
_KEEP = insert(sla_calendar).on_conflict_do_nothing()


# The clocks of locked tickets as this transaction has read or saved them: nobody else changes them until it ends.
Levels = dict[UUID, ServiceLevel | None]

_READ = 64  # calendars
# A key means the same calendar for good, whichever database it is of; and one that was asked about has been compiled.
_read: dict[str, Calendar] = {}


def level_of(row: Row) -> ServiceLevel:
    """Of a row with _COLUMNS."""
    return ServiceLevel(
        row.policy, row.playbook, Priority(row.priority), row.tier, row.ai_responds, clocks_of(row.clocks)
    )


def level_row(ticket_id: UUID, level: ServiceLevel) -> dict[str, object]:
    """The parameters of SAVE."""
    first, resolution = level.clocks.get(Kind.FIRST_RESPONSE), level.clocks.get(Kind.RESOLUTION)
    return {
        "sla_ticket_id": ticket_id,
        "sla_policy": level.policy,
        "sla_playbook": level.playbook,
        "sla_priority": level.priority.value,
        "sla_tier": level.tier,
        "sla_ai_responds": level.ai_responds,
        "sla_clocks": clocks_json(level.clocks),
        "sla_next_event_at": level.next_event_at,
        "sla_at_risk_at": level.at_risk_at,
        "sla_due_at": level.due_at,
        "sla_first_response_at": first.stopped_at if first else None,
        "sla_first_response_breached_at": first.first_breach_at if first else None,
        "sla_resolution_breached_at": resolution.first_breach_at if resolution else None,
    }


def says(row: Row | None, ticket_id: UUID, level: ServiceLevel | None) -> bool:
    """Whether the whole row of a ticket, or none, is what these clocks would be stored as."""
    if row is None or level is None:
        return row is None and level is None
    return {f"sla_{name}": value for name, value in row.as_dict().items()} == level_row(ticket_id, level)


class ServiceLevels:
    def __init__(self, session: Session, heads: dict[Stream, Head] | None = None, levels: Levels | None = None) -> None:
        """`heads`: shared with `Activity`; `levels`: with all that saves clocks."""
        self._session = session
        self._heads = {} if heads is None else heads
        self._levels = {} if levels is None else levels

    async def get(self, ticket_id: UUID) -> ServiceLevel | None:
        if ticket_id in self._levels:
            return self._levels[ticket_id]
        row = (await self._session.execute(_GET, {"ticket": ticket_id})).one()
        if row.head_seq is not None:
            self._heads[Stream("ticket", ticket_id)] = Head(row.head_seq, row.head_hash)
        level = self._levels[ticket_id] = None if row.ticket_id is None else level_of(row)
        return level

    async def save(self, ticket_id: UUID, level: ServiceLevel) -> None:
        await self._session.execute(SAVE, level_row(ticket_id, level))
        self._levels[ticket_id] = level

    async def stores(self, ticket_id: UUID, level: ServiceLevel | None) -> bool:
        return says((await self._session.execute(_ROW, {"ticket": ticket_id})).one_or_none(), ticket_id, level)

    async def forget(self, ticket_id: UUID) -> None:
        await self._session.execute(_FORGET, {"ticket": ticket_id})
        self._levels[ticket_id] = None

    async def of(self, ticket_ids: Collection[UUID]) -> Mapping[UUID, ServiceLevel]:
        rows = await self._session.execute(_OF, {"tickets": list(ticket_ids)})
        return {row.ticket_id: level_of(row) for row in rows}

    async def save_all(self, levels: Mapping[UUID, ServiceLevel]) -> None:
        await self._session.execute_many(SAVE, [level_row(key, level) for key, level in levels.items()])
        self._levels |= levels

    async def due(self, now: datetime, *, skip: int = 0, most: int) -> Sequence[UUID]:
        found = await self._session.execute(_DUE, {"now": now, "skip": skip, "most": most})
        return [row.ticket_id for row in found]

    async def next_event(self) -> datetime | None:
        row = (await self._session.execute(_NEXT)).one_or_none()
        return None if row is None else row.next_event_at

    async def calendars(self, keys: Collection[str]) -> Mapping[str, Calendar]:
        if unknown := keys - _read.keys():
            for row in await self._session.execute(_CALENDARS, {"keys": sorted(unknown)}):
                _read[row.key] = read_calendar(row.definition)
        found = {key: _read[key] for key in keys if key in _read}
        while len(_read) > _READ:
            _read.pop(next(iter(_read)))
        return found

    async def keep_calendars(self, calendars: Mapping[str, Calendar]) -> None:
        for key, calendar in calendars.items():
            await self._session.execute(_KEEP, {"key": key, "definition": calendar_data(calendar)})
