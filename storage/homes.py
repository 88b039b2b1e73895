"""One person's page, and who has theirs open: the storage side of `ticketing/home/ports.py`."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from storage.database import Database, Session
from storage.home_reading import approvals_for, conversations_for, more_at_risk, tickets_for
from storage.lists.lists import SqlTicketLists
from storage.playbooks import Playbooks
from storage.queries import home as sql
from storage.queries.backlog import cards_behind
from storage.work.homes import EVERY
from ticketing.home.home import Home, Tickets, home_of
from ticketing.home.ports import Screen
from ticketing.people.person import Person, teams_of
from ticketing.tickets.listing import LIVE, TicketFilter

_UNCLAIMED = 100  # of what nobody has, the most pressing are looked at
_SETTLING = timedelta(seconds=1)  # what somebody pressed has happened by then


class SqlHomes:
    """A page takes some ten statements, each with a LIMIT, however much the desk or the person has."""

    def __init__(self, database: Database, playbooks: Playbooks, card_jobs: Collection[str] = ()) -> None:
        """`card_jobs`: the names of the jobs that show cards."""
        self._database = database
        self._playbooks = playbooks
        self._card_jobs = card_jobs
        self._lists = SqlTicketLists(database)

    async def read(self, person: Person, *, now: datetime) -> Home:
        async with self._database.single() as session:
            nobodys = await _nobodys(session, person)
        unclaimed = await self._lists.page(nobodys, most=_UNCLAIMED)
        async with self._database.single() as session:
            found = [each.id for each in unclaimed.lines]
            mine, at_risk, others = await tickets_for(
                person, found, session=session, playbooks=self._playbooks, now=now
            )
            more = await more_at_risk(person, len(at_risk), session=session, now=now)
            unticketed = await conversations_for(person, session=session)
            to_decide, asked = await approvals_for(person, session=session, playbooks=self._playbooks, now=now)
            behind = await cards_behind(session, self._card_jobs)
        tickets = Tickets(mine, at_risk, others, unclaimed.following is not None, more)
        home = home_of(person, tickets, unticketed=unticketed, to_decide=to_decide, asked=asked, now=now)
        return replace(home, cards_behind=behind)

    async def cards_behind(self) -> timedelta:
        async with self._database.single() as session:
            return await cards_behind(session, self._card_jobs)

    async def opened(self, person_id: UUID, slack_user: str, *, version: str | None, now: datetime) -> None:
        values = {"person": person_id, "user": slack_user, "version": version, "now": now, "look_at": now + EVERY}
        await self._do(sql.OPENED, values)

    async def screen(self, person_id: UUID) -> Screen | None:
        async with self._database.single() as session:
            row = (await session.execute(sql.SCREEN, {"person": person_id})).one_or_none()
        return Screen(*row) if row else None

    async def drawing(self, person_id: UUID) -> None:
        await self._do(sql.DRAWING, {"person": person_id})

    async def drawn(self, person_id: UUID, *, version: str, digest: str, at: datetime) -> None:
        await self._do(sql.DRAWN, {"person": person_id, "version": version, "digest": digest, "now": at})

    async def pressed(self, slack_user: str, *, now: datetime) -> None:
        await self._do(sql.PRESSED, {"user": slack_user, "now": now, "look_at": now + _SETTLING})

    async def _do(self, statement: TextClause, values: Mapping[str, Any]) -> None:
        async with self._database.single() as session:
            await session.execute(statement, values)


async def _nobodys(session: Session, person: Person) -> TicketFilter:
    """What nobody has claimed, of their teams. A ticket of no team is the default team's."""
    teams = teams_of(person)
    if teams is None:
        return TicketFilter(stages=LIVE, assignees=(None,))
    default = (await session.execute(sql.DEFAULT_TEAM)).scalar()
    return TicketFilter(stages=LIVE, assignees=(None,), teams=(*teams, None) if default in teams else tuple(teams))
