"""What menus offer while somebody types. Each question reads a bounded number of rows, whatever the desk has seen."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Boolean, Integer, Text, Uuid

from storage.database import Session
from storage.lists.search import newest_hits
from ticketing.collaboration.colleague import Colleague
from ticketing.tickets.card import TicketName
from ticketing.tickets.search import Query

_TAGGED = 1000  # of the tickets that have tags, the newest: what is in use
_WILD = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_MOST = bindparam("most", type_=Integer)
# A desk has few people. Their open tickets are counted of those that the menu shows, in an index of open tickets.
_PEOPLE = text("""
    SELECT found.id, found.name, found.email, found.is_me, found.is_of_team, (
        SELECT count(*) FROM ticket
        WHERE ticket.assignee_id = found.id AND ticket.status_category IN ('open', 'active', 'pending')
            AND ticket.discarded_at IS NULL AND ticket.merged_into IS NULL
    ) AS open_tickets
    FROM (
        SELECT person.id, person.name, person.email, person.id = :me AS is_me, member.team_id IS NOT NULL AS is_of_team
        FROM person LEFT JOIN team_member AS member ON member.person_id = person.id AND member.team_id = :team
        WHERE person.left_at IS NULL
            AND (lower(person.name) LIKE :begins OR lower(person.name) LIKE '% ' || :begins
                OR person.email LIKE :begins)
            AND (NOT :within OR member.team_id IS NOT NULL)
        ORDER BY is_me DESC, is_of_team DESC, lower(person.name), person.email LIMIT :most
    ) AS found
    ORDER BY found.is_me DESC, found.is_of_team DESC, lower(found.name), found.email
""").bindparams(
    bindparam("me", type_=Uuid),
    bindparam("team", type_=Uuid),
    bindparam("begins", type_=Text),
    bindparam("within", type_=Boolean),
    _MOST,
)
_TAGS = text(f"""
    SELECT tag FROM (
        SELECT tags FROM ticket WHERE tags <> '{{}}' ORDER BY number DESC LIMIT {_TAGGED}
    ) AS newest CROSS JOIN LATERAL unnest(newest.tags) AS tag
    WHERE strpos(tag, :said) > 0
    GROUP BY tag ORDER BY starts_with(tag, :said) DESC, count(*) DESC, tag LIMIT :most
""").bindparams(bindparam("said", type_=Text), _MOST)  # noqa: S608 - a constant of ours
_NAMES = text("""
    SELECT id, number, subject FROM ticket WHERE number = ANY(:numbers) ORDER BY array_position(:numbers, number)
""").bindparams(bindparam("numbers", type_=ARRAY(Integer)))


class Choices:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def people(
        self, said: str, *, me: UUID, team: UUID | None, within: bool = False, most: int
    ) -> Sequence[Colleague]:
        begins = f"{' '.join(said.lower().split()).replace(chr(0), '').translate(_WILD)}%"
        values = {"me": me, "team": team, "begins": begins, "within": within, "most": most}
        return [Colleague(*row) for row in await self._session.execute(_PEOPLE, values)]

    async def tags(self, said: str, *, most: int) -> Sequence[str]:
        values = {"said": said.replace(chr(0), ""), "most": most}
        return [row.tag for row in await self._session.execute(_TAGS, values)]

    async def tickets(self, query: Query, *, most: int) -> Sequence[TicketName]:
        numbers = [hit.number for hit in await newest_hits(self._session, query, most)]
        return [TicketName(*row) for row in await self._session.execute(_NAMES, {"numbers": numbers})]
