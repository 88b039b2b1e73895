"""Watch a ticket, have a colleague or a team watch it, or stop."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from core.errors import NotFound
from ticketing.activity.record import Record, Stream, Value
from ticketing.collaboration.watcher import Because, Watcher, mentioned_in
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person, Team, still_here
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import require_standing
from ticketing.tickets.events import ColleagueMentioned, TicketChanged

_MOST_TOLD = 50  # people of teams that one comment names


async def watch(
    ticket_id: UUID,
    *,
    by: Person,
    person: UUID | None = None,
    team: UUID | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """This person or team watches the ticket from now on; neither: whoever asks. Safe to repeat.

    Raises TicketIsDiscarded, PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.WATCH, ticket)
        require_standing(ticket)
        person_id = person or by.id
        who = await team_of(team, uow) if team is not None else still_here(await uow.people.get(person_id))
        because = Because.OWN if who.id == by.id else Because.ADDED
        if await add_watcher(ticket_id, who, because, by=actor, uow=uow, now=now):
            uow.emit(TicketChanged(ticket_id=ticket_id, at=now))


async def team_of(team_id: UUID, uow: UnitOfWork) -> Team:
    """Raises NotFound."""
    for team in await uow.people.teams():
        if team.id == team_id:
            return team
    raise NotFound("There is no such team at this desk.")


async def unwatch(ticket_id: UUID, *, by: Person, who: UUID | None = None, uow: UnitOfWork, now: datetime) -> None:
    """`who` is a person or team; None: whoever asks. Safe to repeat. Raises PermissionRefused, NotFound."""
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.WATCH if who in (None, by.id) else Act.UNWATCH_OTHER, ticket)
        gone = await uow.watchers.remove(ticket_id, who or by.id)
        if gone is not None:
            record = Record("watcher.removed", actor, now, _named(gone.id, gone.name, is_team=gone.is_team), {})
            await uow.activity.append(Stream("ticket", ticket_id), [record])
            uow.emit(TicketChanged(ticket_id=ticket_id, at=now))


async def watchers(ticket_id: UUID, *, by: Person, uow: UnitOfWork) -> Sequence[Watcher]:
    """Who watches it."""
    async with uow:
        require(person_acting(by), Act.WATCH)
        return await uow.watchers.of(ticket_id)


async def add_watcher(
    ticket_id: UUID, who: Person | Team, because: Because, *, by: Actor, uow: UnitOfWork, now: datetime
) -> bool:
    """Inside a transaction that has locked the ticket. False: they watch it already."""
    is_team = isinstance(who, Team)
    if not await uow.watchers.add(ticket_id, who.id, is_team=is_team, because=because, at=now):
        return False
    after = _named(who.id, who.name, is_team=is_team) | {"because": because.value}
    await uow.activity.append(Stream("ticket", ticket_id), [Record("watcher.added", by, now, {}, after)])
    return True


async def watch_mentioned(
    ticket_id: UUID,
    text: str,
    named: Collection[UUID],
    *,
    comment_id: UUID,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Whom a comment names watches its ticket, and hears of it. `named`: people whom the door knows to be meant, by
    their ids.

    Inside a transaction that has locked the ticket.
    """
    if "@" not in text and not named:
        return
    people = await uow.people.all()
    meant = mentioned_in(text, people, await uow.people.teams())
    everybody: dict[UUID, Person | Team] = {one.id: one for one in people if one.id in named}
    everybody |= {one.id: one for one in meant.people} | {one.id: one for one in meant.teams}
    for who in everybody.values():
        if who.id != by.id:
            await add_watcher(ticket_id, who, Because.MENTIONED, by=by, uow=uow, now=now)
    meant_by_team = [one for one in people if one.teams & everybody.keys()]
    told = dict.fromkeys(one.id for one in (*everybody.values(), *meant_by_team) if isinstance(one, Person))
    for person_id in islice((each for each in told if each != by.id), _MOST_TOLD):
        uow.emit(ColleagueMentioned(ticket_id=ticket_id, comment_id=comment_id, person_id=person_id, at=now))


def _named(who: UUID, name: str, *, is_team: bool) -> dict[str, Value]:
    return {"team" if is_team else "person": str(who), "name": name}
