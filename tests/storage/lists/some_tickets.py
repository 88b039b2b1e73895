"""A few hundred tickets drawn by chance, with many ties, and what a filter and an order mean, said in plain Python."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from storage.database import understand_json
from storage.engine import plain_dsn
from tests.factories import NOW
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import (
    LIVE,
    FieldBetween,
    FieldCondition,
    FieldGiven,
    FieldIs,
    FieldSort,
    Order,
    Period,
    Sort,
    TicketFilter,
)
from ticketing.triage.suggestion import Priority

STAGES = {
    "open": StatusCategory.OPEN,
    "in_progress": StatusCategory.ACTIVE,
    "waiting": StatusCategory.PENDING,
    "resolved": StatusCategory.RESOLVED,
    "closed": StatusCategory.CLOSED,
}
TYPES, CATEGORIES, TAGS = ("return", "complaint"), ("damaged", "billing", "other"), ("vip", "late", "it's")
PEOPLE, TEAMS = [UUID(int=100 + n) for n in range(3)], [UUID(int=200 + n) for n in range(2)]
CHANNELS = ("whatsapp", "telegram")
REGIONS, REASONS = ("de", "fr", "us"), ("late", "broken", "wrong")
_RANK = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]


@dataclass(frozen=True, slots=True)
class Drawn:
    number: int
    status: str
    type: str
    category: str
    channel: str
    priority: Priority
    team: UUID | None
    assignee: UUID | None
    owner: UUID | None
    owner_team: UUID | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    tags: tuple[str, ...]
    counts: bool
    escalated: bool
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> StatusCategory:
        return STAGES[self.status]


def draw(chance: random.Random, number: int) -> Drawn:
    created = NOW - timedelta(days=chance.randrange(0, 60, 3))
    fields: dict[str, Any] = {
        "region": chance.choice(REGIONS),
        "refund": chance.choice(["89.00", "5", "100.50", "-3", "200", "0.50", "-0", "007.10", "1999999", "999999.99"]),
        "arrives_on": (date(2026, 11, 1) + timedelta(days=chance.randrange(20))).isoformat(),
        "vip": chance.random() < 0.5,
        "reasons": chance.sample(REASONS, chance.randint(1, 3)),
        "note": chance.choice(["Straße 5, Zürich", "said: 'no'", "de", "x" * 150, "x" * 150 + "y"]),
    }
    return Drawn(
        number=number,
        status=chance.choice(list(STAGES)),
        type=chance.choice(TYPES),
        category=chance.choice(CATEGORIES),
        channel=CHANNELS[number % 2],
        priority=chance.choice(_RANK),
        team=chance.choice([None, *TEAMS]),
        assignee=chance.choice([None, *PEOPLE]),
        owner=chance.choice([None, *PEOPLE]),
        owner_team=None,
        created_at=created,
        updated_at=created + timedelta(days=chance.randrange(0, 30, 5)),
        due_at=chance.choice([None, created + timedelta(days=chance.randrange(1, 30, 7))]),
        tags=tuple(chance.sample(TAGS, chance.randint(0, 2))),
        counts=chance.random() < 0.9,
        escalated=number % 3 == 0,
        fields={key: value for key, value in fields.items() if chance.random() < 0.6},
    )


_PEOPLE = """
    INSERT INTO customer (id, name, created_at) VALUES ('00000000-0000-0000-0000-000000000001', 'Clara', now());
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        SELECT lpad(n::text, 32, '0')::uuid, '00000000-0000-0000-0000-000000000001', channel, '+1', '+49', 'open', 1,
            now()
        FROM unnest(ARRAY['whatsapp', 'telegram']) WITH ORDINALITY AS channel (channel, n);
"""
_TICKET = """
    INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
        status_category, status_since, priority, team_id, assignee_id, owner_id, reporter, created_at, updated_at,
        version, due_at, tags, fields, discarded_at, escalated_at)
    VALUES ($1, $2, lpad(($2 % 2 + 1)::text, 32, '0')::uuid, '00000000-0000-0000-0000-000000000001', $3, $4,
        'A mug', '', $5, $6, $7, $8, $9, $10, $11, 'ai', $7, $12, 1, $13, $14, $15, $16, $17)
"""


async def keep(dsn: str, tickets: Iterable[Drawn]) -> None:
    """Into an empty database. PostgreSQL knows its statistics then."""
    raw = await asyncpg.connect(plain_dsn(dsn))
    await understand_json(raw)
    await raw.execute(_PEOPLE)
    for table, ids in (("person", PEOPLE), ("team", TEAMS)):
        for each in ids:
            columns, values = ("email, role", f"'{each}', 'agent'") if table == "person" else ("is_default", "false")
            await raw.execute(f"INSERT INTO {table} (id, name, {columns}) VALUES ('{each}', '{each.int}', {values})")
    await raw.executemany(
        _TICKET,
        [
            (
                UUID(int=each.number),
                each.number,
                each.type,
                each.category,
                each.status,
                each.stage.value,
                each.created_at,
                each.priority.value,
                each.team,
                each.assignee,
                each.owner,
                each.updated_at,
                each.due_at,
                list(each.tags),
                each.fields,
                None if each.counts else NOW,
                NOW if each.escalated else None,
            )
            for each in tickets
        ],
    )
    await raw.execute("ANALYZE ticket")
    await raw.close()


def some_filter(chance: random.Random) -> TicketFilter:
    """Each part is asked about now and then."""
    few: dict[str, Any] = {
        "stages": _some(chance, list(STAGES.values())),
        "statuses": _some(chance, list(STAGES)),
        "types": _some(chance, TYPES),
        "categories": _some(chance, CATEGORIES),
        "channels": _some(chance, CHANNELS),
        "priorities": _some(chance, _RANK),
        "assignees": _some(chance, [None, *PEOPLE]),
        "teams": _some(chance, [None, *TEAMS]),
        "owners": _some(chance, [None, *PEOPLE]),
        "tags": _some(chance, TAGS),
        "created": _period(chance),
        "due": _period(chance),
        "escalated": True,
        "numbers": tuple(chance.sample(range(1, 300), 200)),
        "fields": tuple(chance.choice(_CONDITIONS) for _ in range(chance.randint(1, 2))),
    }
    return TicketFilter(**{name: few[name] for name in chance.sample(list(few), chance.randint(0, 3))})


_CONDITIONS: tuple[FieldCondition, ...] = (
    FieldIs("region", ("de",)),
    FieldIs("region", ("fr", "us")),
    FieldIs("vip", (True,)),
    FieldIs("reasons", ("late", "broken")),
    FieldIs("note", ("Straße 5, Zürich", "de")),
    FieldIs("note", ("x" * 150,)),
    FieldIs("refund", ("89.00", "-3")),
    FieldBetween("refund", Decimal("5"), Decimal("100.5")),
    FieldBetween("refund", None, Decimal("0")),
    FieldBetween("refund", Decimal(0), Decimal(7)),
    FieldBetween("refund", Decimal("999999.99"), None),
    FieldBetween("refund", Decimal(200), Decimal("1e6")),
    FieldBetween("refund", Decimal("-3"), Decimal("-3")),
    FieldBetween("arrives_on", date(2026, 11, 5), None),
    FieldBetween("arrives_on", date(2026, 11, 5), date(2026, 11, 9)),
    FieldBetween("note", Decimal(1), None),
    FieldGiven("refund"),
    FieldGiven("reasons", given=False),
)


def _some(chance: random.Random, of: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(chance.sample(of, chance.randint(1, len(of) - 1)))


def _period(chance: random.Random) -> Period:
    first, last = sorted(NOW - timedelta(days=chance.randrange(-30, 60)) for _ in range(2))
    return chance.choice([Period(first, last), Period(first), Period(until=last)])


def passes(ticket: Drawn, asked: TicketFilter) -> bool:
    """What a filter means."""
    return ticket.counts and all(
        (
            not asked.numbers or ticket.number in asked.numbers,
            not asked.escalated or (ticket.escalated and ticket.stage in LIVE),
            not asked.stages or ticket.stage in asked.stages,
            not asked.statuses or ticket.status in asked.statuses,
            not asked.types or ticket.type in asked.types,
            not asked.categories or ticket.category in asked.categories,
            not asked.channels or ticket.channel in asked.channels,
            not asked.priorities or ticket.priority in asked.priorities,
            not asked.assignees or ticket.assignee in asked.assignees,
            not asked.teams or ticket.team in asked.teams,
            not asked.owners or ticket.owner in asked.owners,
            not asked.tags or bool(set(ticket.tags) & set(asked.tags)),
            _within(ticket.created_at, asked.created),
            _within(ticket.due_at, asked.due),
            all(_field(ticket.fields.get(each.key), each) for each in asked.fields),
        )
    )


def _within(at: datetime | None, period: Period) -> bool:
    if period == Period():
        return True
    return (
        at is not None and (period.since is None or at >= period.since) and (period.until is None or at < period.until)
    )


def _field(value: Any, asked: FieldCondition) -> bool:
    if isinstance(asked, FieldGiven):
        return (value is not None) == asked.given
    if value is None:
        return False
    if isinstance(asked, FieldIs):
        return bool(set(value if isinstance(value, list) else [value]) & set(asked.any_of))
    bound = asked.least if asked.least is not None else asked.most
    try:
        known = Decimal(value) if isinstance(bound, Decimal) else date.fromisoformat(value)
    except (ValueError, ArithmeticError):
        return False
    return all((asked.least is None or known >= asked.least, asked.most is None or known <= asked.most))  # type: ignore[operator]


def in_order(tickets: Iterable[Drawn], order: Order) -> list[int]:
    """What an order means: the tickets' numbers."""
    kept = sorted(tickets, key=lambda each: _key(each, order.by), reverse=order.reverse)
    if isinstance(order.by, FieldSort):
        key = order.by.key
        kept.sort(key=lambda each: key not in each.fields)
    return [each.number for each in kept]


def _key(ticket: Drawn, by: Sort | FieldSort) -> tuple[Any, ...]:
    due = (ticket.due_at is None, ticket.due_at or NOW)
    match by:
        case Sort.PRIORITY:
            return (_RANK.index(ticket.priority), *due, ticket.number)
        case Sort.DUE:
            return (*due, ticket.number)
        case Sort.CREATED:
            return (-ticket.created_at.timestamp(), -ticket.number)
        case Sort.UPDATED:
            return (-ticket.updated_at.timestamp(), -ticket.number)
        case FieldSort():
            value = ticket.fields.get(by.key)
            if value is None:
                return (True, Decimal(0), "", ticket.number)
            try:
                return (False, Decimal(value), "", ticket.number)
            except (ArithmeticError, TypeError, ValueError):
                return (
                    False,
                    Decimal(0),
                    str(value).lower() if isinstance(value, bool) else value[:100],
                    ticket.number,
                )
