"""People and teams."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Integer, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import delegation, person, team, team_member
from ticketing.people.person import Person, Role, Team

_PEOPLE = (
    select(
        person.c.id,
        person.c.name,
        person.c.email,
        person.c.role,
        person.c.left_at.is_not(None),
        func.array_agg(team.c.id).filter(team.c.id.is_not(None)),
        func.array_agg(func.lower(team.c.name)).filter(team.c.id.is_not(None)),
    )
    .join(team_member, team_member.c.person_id == person.c.id, isouter=True)
    .join(team, team.c.id == team_member.c.team_id, isouter=True)
    .group_by(person.c.id)
    .order_by(func.lower(person.c.name))
)
_GET = _PEOPLE.where(person.c.id == bindparam("person"))
_HERE = _PEOPLE.where(person.c.left_at.is_(None))
_MEMBERS = select(team_member.c.person_id).where(
    team_member.c.team_id
    == func.coalesce(
        bindparam("team", type_=Uuid), select(team.c.id).where(team.c.is_default).limit(1).scalar_subquery()
    )
)
_OF_TEAM = (
    _HERE.where(person.c.id.in_(_MEMBERS))
    .order_by(None)
    .order_by((person.c.role != "supervisor"), func.lower(person.c.name))
    .limit(bindparam("most", type_=Integer))
)
_BY_EMAIL = _HERE.where(person.c.email == bindparam("address"))
_REPRESENTED = _HERE.where(
    person.c.id.in_(
        select(delegation.c.person_id).where(
            delegation.c.to_id == bindparam("delegate"), delegation.c.until > bindparam("at")
        )
    )
)
# Whoever only refers to them, as who claims does, does not wait, and so cannot be waited for in a circle.
_LOCK = select(person.c.id).where(person.c.email == bindparam("address")).with_for_update(key_share=True)
_NEW_WORK = text("""
    SELECT (SELECT id FROM team WHERE is_default LIMIT 1) AS team,
        (SELECT id FROM person WHERE id = :assignee AND left_at IS NULL) AS assignee
""").bindparams(bindparam("assignee", type_=Uuid))
_LEAVE = update(person).where(person.c.id == bindparam("person")).values(left_at=bindparam("at"))
_COME_BACK = (
    update(person)
    .where(person.c.id == bindparam("person"))
    .values(left_at=None, name=bindparam("new_name"), role=bindparam("new_role"))
)
_LEAVE_TEAMS = delete(team_member).where(team_member.c.person_id == bindparam("person"))
_ADD = insert(person).on_conflict_do_nothing()
_ADD_TEAM = insert(team).on_conflict_do_nothing()
_SAVE_TEAM = (
    update(team)
    .where(team.c.id == bindparam("team"))
    .values(
        name=bindparam("new_name"),
        slack_channel=bindparam("new_channel"),
        is_default=bindparam("new_is_default"),
        intake_channel=bindparam("new_intake"),
    )
)
_NO_DEFAULT = update(team).where(team.c.is_default).values(is_default=False)
_JOIN = insert(team_member).on_conflict_do_nothing()


def _person(row: Row) -> Person:
    person_id, name, email, role, has_left, teams, team_names = row
    return Person(person_id, name, email, Role(role), frozenset(teams or ()), frozenset(team_names or ()), has_left)


_TEAMS = select(team.c.id, team.c.name, team.c.slack_channel, team.c.is_default, team.c.intake_channel).order_by(
    team.c.name
)


class People:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, person_id: UUID) -> Person:
        row = (await self._session.execute(_GET, {"person": person_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such person at this desk.")
        return _person(row)

    async def by_email(self, email: str) -> Person | None:
        row = (await self._session.execute(_BY_EMAIL, {"address": email})).one_or_none()
        return _person(row) if row else None

    async def add(self, new: Person) -> bool:
        values = {"id": new.id, "name": new.name, "email": new.email, "role": new.role.value}
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def represented_by(self, delegate: UUID, *, at: datetime) -> Sequence[Person]:
        """Those whose delegate this person is then."""
        rows = await self._session.execute(_REPRESENTED, {"delegate": delegate, "at": at})
        return [_person(row) for row in rows]

    async def all(self) -> Sequence[Person]:
        return [_person(row) for row in await self._session.execute(_HERE)]

    async def lock_by_email(self, email: str) -> Person | None:
        person_id = (await self._session.execute(_LOCK, {"address": email})).scalar()
        return await self.get(person_id) if person_id is not None else None

    async def of_team(self, team_id: UUID | None, *, most: int) -> Sequence[Person]:
        return [_person(row) for row in await self._session.execute(_OF_TEAM, {"team": team_id, "most": most})]

    async def leave(self, person_id: UUID, *, at: datetime) -> None:
        await self._session.execute(_LEAVE, {"person": person_id, "at": at})
        await self._session.execute(_LEAVE_TEAMS, {"person": person_id})

    async def come_back(self, back: Person) -> None:
        values = {"person": back.id, "new_name": back.name, "new_role": back.role.value}
        await self._session.execute(_COME_BACK, values)

    async def new_work_for(self, assignee_id: UUID | None) -> tuple[UUID | None, UUID | None]:
        row = (await self._session.execute(_NEW_WORK, {"assignee": assignee_id})).one()
        return row.team, row.assignee

    async def teams(self) -> Sequence[Team]:
        return [Team(*row) for row in await self._session.execute(_TEAMS)]

    async def add_team(self, new: Team) -> bool:
        if new.is_default:
            await self._no_default()
        values = {
            "id": new.id,
            "name": new.name,
            "slack_channel": new.slack_channel,
            "is_default": new.is_default,
        }
        return (await self._session.execute(_ADD_TEAM, values)).rowcount == 1

    async def save_team(self, changed: Team) -> None:
        if changed.is_default:
            await self._no_default()
        values = {
            "team": changed.id,
            "new_name": changed.name,
            "new_channel": changed.slack_channel,
            "new_is_default": changed.is_default,
            "new_intake": changed.intake_channel,
        }
        await self._session.execute(_SAVE_TEAM, values)

    async def _no_default(self) -> None:
        await self._session.execute(_NO_DEFAULT)

    async def join(self, person_id: UUID, team_id: UUID) -> None:
        await self._session.execute(_JOIN, {"person_id": person_id, "team_id": team_id})
