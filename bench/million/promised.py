"""A desk whose tickets are all open and held to promises: any number of clocks, each with something to tell one day.

When ticket i is due is reckoned from BEGIN, which is far away: whoever measures brings a `now` along.
The first IN_A_SECOND are due within one second, the next HUNDREDTHS one every ten milliseconds a month later, and the
others one every twenty seconds from two months later on.
"""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.million import world
from bench.million.generate import without_indexes
from sla.calendar import Calendar
from sla.clock import Clock, Kind, Moment, What, fold
from sla.notation import calendar_data
from sla.target import AT_RISK, WARNING, Step, Target
from storage.work.clock_json import clocks_json
from ticketing.activity.chain import GENESIS

BEGIN = datetime(2040, 1, 2, tzinfo=UTC)
IN_A_SECOND, HUNDREDTHS = 10_000, 3_000
STREAM, REST = BEGIN + timedelta(days=30), BEGIN + timedelta(days=60)
LENGTH, AT_RISK_BEFORE = timedelta(hours=24), timedelta(hours=6)
_KEY = "always:bench"
_ALWAYS = {_KEY: Calendar(UTC)}
_TABLES = ("ticket", "conversation", "identity", "customer", "service_level")
_BATCH = 50_000

_TICKETS = f"""
    INSERT INTO ticket (id, number, conversation_id, customer_id, channel, type, category, subject, description, status,
        status_category, status_since, priority, team_id, assignee_id, reporter, created_at, updated_at, version)
    SELECT {world.id_of(6, "i")}, i, {world.id_of(5, "i / 2")}, {world.id_of(3, "i / 2")}, 'whatsapp', 'general_query',
        'other', 'Order ' || i, '', 'in_progress', 'active', now(), 'normal', {world.id_of(1, "i % 8")},
        {world.id_of(2, "i % 64")}, 'ai', now() - i * interval '1 second', now(), 1
    FROM generate_series($first, $last) AS i
"""
_HEADS = f"""
    INSERT INTO activity_head (stream_kind, stream_id, seq, hash)
    SELECT 'ticket', {world.id_of(6, "i")}, 0, '{GENESIS}' FROM generate_series($first, $last) AS i
    ON CONFLICT (stream_kind, stream_id) DO UPDATE SET seq = 0, hash = excluded.hash
"""
_LEVELS = f"""
    INSERT INTO service_level (ticket_id, policy, playbook, priority, tier, ai_responds, clocks,
        next_event_at, at_risk_at, due_at, first_response_at)
    SELECT {world.id_of(6, "i")}, 'standard', 1, 'normal', NULL, true, ($clocks)::jsonb,
        due, due - interval '6 hours', due, due - interval '23 hours'
    FROM generate_series($first, $last) AS i, LATERAL (SELECT CASE
        WHEN i <= {IN_A_SECOND} THEN '{BEGIN}'::timestamptz + i * interval '100 microseconds'
        WHEN i <= {IN_A_SECOND + HUNDREDTHS} THEN '{STREAM}'::timestamptz + (i - {IN_A_SECOND}) * interval '10 ms'
        ELSE '{REST}'::timestamptz + i * interval '20 seconds' END AS due) AS told
    ON CONFLICT (ticket_id) DO UPDATE SET clocks = excluded.clocks, next_event_at = excluded.next_event_at,
        at_risk_at = excluded.at_risk_at, due_at = excluded.due_at
"""
_CALENDAR = "INSERT INTO sla_calendar (key, definition) VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING"


async def fill(connection: asyncpg.Connection, tickets: int) -> None:
    """A migrated, empty database."""
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await connection.execute("SET maintenance_work_mem = '1GB'")
    async with without_indexes(connection, _TABLES):
        for statement in (world.PEOPLE, world.CUSTOMERS):
            await connection.execute(world.written(statement, tickets), timeout=3600)
        for first in range(1, tickets + 1, _BATCH):
            last = min(first + _BATCH - 1, tickets)
            for statement in (_TICKETS, _HEADS, _levels()):
                await connection.execute(world.written(statement, tickets, first, last), timeout=3600)
        await connection.execute(world.written(world.NUMBERS, tickets))
    await connection.execute("RESET session_replication_role")
    await connection.execute("VACUUM ANALYZE", timeout=3600)


async def restore(connection: asyncpg.Connection, first: int, last: int) -> None:
    """What these tickets told, they have not."""
    for statement in (_HEADS, _levels()):
        await connection.execute(world.written(statement, last, first, last), timeout=3600)
    await connection.execute(_CALENDAR, _KEY, json.dumps(calendar_data(_ALWAYS[_KEY])))
    await connection.execute("TRUNCATE activity, pgqueuer")


def ticket_id(number: int) -> UUID:
    return UUID(f"06{number:030x}")


def _levels() -> str:
    """The clocks of one ticket, as those of any other: each instant is one so long before or after the due one."""
    due = BEGIN
    text = json.dumps(clocks_json({each.kind: each for each in _clocks(due)}))
    instants = sorted({word for word in text.split('"') if word.startswith("20") and "T" in word})
    written = "'" + text + "'"
    for instant in instants:
        apart = (datetime.fromisoformat(instant) - due) // timedelta(seconds=1)
        there = f"(due + interval '{apart} seconds') AT TIME ZONE 'UTC'"
        written = f"""replace({written}, '{instant}', to_char({there}, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))"""
    return _LEVELS.replace("$clocks", written)


def _clocks(due: datetime) -> list[Clock]:
    """Answered after an hour; at risk and warned of; the breach comes next, and a step long after it."""
    began = due - LENGTH
    target = Target(LENGTH, _KEY, steps=(Step("resolution:after:2160h", timedelta(hours=2160)),))
    answer = [
        Moment(What.STARTED, began, target=Target(timedelta(hours=4), _KEY)),
        Moment(What.STOPPED, began + timedelta(hours=1)),
    ]
    resolution = [
        Moment(What.STARTED, began, target=target),
        *(Moment(What.FIRED, due - AT_RISK_BEFORE, event=event) for event in (AT_RISK, WARNING)),
    ]
    made = [fold(Kind.FIRST_RESPONSE, answer, _ALWAYS), fold(Kind.RESOLUTION, resolution, _ALWAYS)]
    return [each for each in made if each is not None]
