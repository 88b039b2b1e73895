"""What a digest says. Its numbers read the tickets of the days that they are of, by an index, and no others."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Date, DateTime, Uuid

from sla.calendar import Calendar
from storage.database import Database
from storage.homes import SqlHomes
from storage.playbooks import Playbooks
from storage.work.preferences import AllPreferences
from ticketing.digests.days import WorkingDays, bounds, days_before
from ticketing.digests.digest import Digest
from ticketing.digests.numbers import Numbers, Scope, scope_of
from ticketing.people.person import Person

_STANDING = "ticket.discarded_at IS NULL AND ticket.merged_into IS NULL"
_THEIRS = """
    (CAST(:person AS uuid) IS NULL OR ticket.assignee_id = :person)
    AND (cardinality(CAST(:teams AS uuid[])) = 0
         OR coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default)) = ANY (:teams))
"""
_BREACHED = """
    (SELECT count(*) FROM service_level JOIN ticket ON ticket.id = service_level.ticket_id
     WHERE service_level.{0} >= day.begins AND service_level.{0} < day.ends AND {1} AND {2})
"""
# Constants of ours, here and above.
_NUMBERS = text(f"""
    SELECT day.day,
        (SELECT count(*) FROM ticket
         WHERE created_at >= day.begins AND created_at < day.ends AND {_STANDING} AND {_THEIRS}) AS opened,
        (SELECT count(*) FROM ticket
         WHERE resolved_at >= day.begins AND resolved_at < day.ends AND {_STANDING} AND {_THEIRS}) AS resolved,
        {_BREACHED.format("first_response_breached_at", _STANDING, _THEIRS)}
        + {_BREACHED.format("resolution_breached_at", _STANDING, _THEIRS)} AS breached,
        rated.ratings, rated.rating
    FROM unnest(:days, :begins, :ends) AS day (day, begins, ends)
    CROSS JOIN LATERAL (
        SELECT count(*) AS ratings, avg(score)::float AS rating FROM survey
        WHERE score IS NOT NULL AND answered_at >= day.begins AND answered_at < day.ends
            AND (CAST(:person AS uuid) IS NULL OR agent_id = :person)
            AND (cardinality(CAST(:teams AS uuid[])) = 0
                 OR coalesce(team_id, (SELECT id FROM team WHERE is_default)) = ANY (:teams))
    ) AS rated
    ORDER BY day.day
""").bindparams(  # noqa: S608 - constants of ours
    bindparam("person", type_=Uuid),
    bindparam("teams", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("begins", type_=ARRAY(DateTime(timezone=True))),
    bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
)


class SqlDigests:
    """`hours` and `zone` are the desk's; `homes` reads what waits for somebody."""

    def __init__(
        self, database: Database, playbooks: Playbooks, homes: SqlHomes, *, hours: Calendar, zone: tzinfo
    ) -> None:
        self._database, self._playbooks, self._homes = database, playbooks, homes
        self._hours, self._zone = hours, zone

    async def digest(self, reader: Person, planned: datetime, *, now: datetime) -> Digest:
        async with self._database.single() as session:
            preferences = await AllPreferences(session).get(reader.id)
            playbook = await self._playbooks.current(session)
        zone = preferences.where(self._zone)
        day = planned.astimezone(zone).date()
        working = WorkingDays(self._hours, playbook.calendars.values())
        days = [(each, *bounds(each, zone)) for each in days_before(day, working)]
        numbers = await self.numbers(scope_of(reader), days)
        return Digest(reader, day, await self._homes.read(reader, now=now), tuple(numbers))

    async def numbers(self, scope: Scope, days: Sequence[tuple[date, datetime, datetime]]) -> Sequence[Numbers]:
        """Of each of these days, from one instant until before the other, in order."""
        if not days:
            return []
        asked = {
            "person": scope.person,
            "teams": list(scope.teams),
            "days": [each[0] for each in days],
            "begins": [each[1] for each in days],
            "ends": [each[2] for each in days],
        }
        async with self._database.single() as session:
            return [Numbers(*row) for row in await session.execute(_NUMBERS, asked)]
