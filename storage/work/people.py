"""People and teams."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import NotFound
from storage.rows import AnyRow, AnySelect
from storage.tables import person, team, team_member
from ticketing.people.person import Person, Role, Team


def _people() -> AnySelect:
    teams = func.array_agg(team_member.c.team_id).filter(team_member.c.team_id.is_not(None))
    return (
        select(person.c.id, person.c.name, person.c.email, person.c.role, teams)
        .join(team_member, team_member.c.person_id == person.c.id, isouter=True)
        .group_by(person.c.id)
        .order_by(func.lower(person.c.name))
    )


def _person(row: AnyRow) -> Person:
    person_id, name, email, role, teams = row
    return Person(person_id, name, email, Role(role), frozenset(teams or ()))


_TEAMS = select(team.c.id, team.c.name, team.c.slack_channel, team.c.is_default).order_by(team.c.name)


class People:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, person_id: UUID) -> Person:
        row = (await self._connection.execute(_people().where(person.c.id == person_id))).one_or_none()
        if row is None:
            raise NotFound("There is no such person at this desk.")
        return _person(row)

    async def by_email(self, email: str) -> Person | None:
        row = (await self._connection.execute(_people().where(person.c.email == email))).one_or_none()
        return _person(row) if row else None

    async def add(self, new: Person) -> bool:
        result = await self._connection.execute(
            insert(person)
            .values(id=new.id, name=new.name, email=new.email, role=new.role.value)
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    async def all(self) -> Sequence[Person]:
        return [_person(row) for row in await self._connection.execute(_people())]

    async def teams(self) -> Sequence[Team]:
        return [Team(*row) for row in await self._connection.execute(_TEAMS)]

    async def add_team(self, new: Team) -> bool:
        if new.is_default:
            await self._no_default()
        result = await self._connection.execute(insert(team).values(_team(new)).on_conflict_do_nothing())
        return result.rowcount == 1

    async def save_team(self, changed: Team) -> None:
        if changed.is_default:
            await self._no_default()
        await self._connection.execute(update(team).where(team.c.id == changed.id).values(_team(changed)))

    async def _no_default(self) -> None:
        await self._connection.execute(update(team).where(team.c.is_default).values(is_default=False))

    async def join(self, person_id: UUID, team_id: UUID) -> None:
        await self._connection.execute(
            insert(team_member).values(person_id=person_id, team_id=team_id).on_conflict_do_nothing()
        )


def _team(value: Team) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": value.name,
        "slack_channel": value.slack_channel,
        "is_default": value.is_default,
    }
