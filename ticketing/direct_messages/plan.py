"""Who is to be told what: one message a person for each thing that happened, planned in one transaction.

Everything here may run twice, late, or after other things have happened: what is planned already is not planned again,
and whether it is still worth telling is asked when it is told (`worth.py`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from core.ids import new_id
from ticketing.approvals.approval import ApprovalState
from ticketing.direct_messages.direct_message import DirectMessage, Kind
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, may
from ticketing.people.person import Role
from ticketing.playbook.sla_policy import Audience
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.events import DirectMessageDue

SETTLES = timedelta(minutes=1)  # news of a watched ticket that come together are told together,
APART = timedelta(minutes=15)  # … and not more often than this
_MOST = 100  # people


async def tell_assignee(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Who has the ticket hears that somebody gave it to them, or that it was opened as theirs."""
    async with uow:
        given = await uow.direct_messages.assignment(ticket_id)
        if given is None or given.assignee_id in (None, given.by_id):
            return
        key = f"assigned:{ticket_id}:{given.seq}"
        await _owe([given.assignee_id], Kind.ASSIGNED, key, ticket_id, given.at, uow=uow, now=now)


async def tell_mentioned(
    ticket_id: UUID, comment_id: UUID, person_id: UUID, *, at: datetime, uow: UnitOfWork, now: datetime
) -> None:
    """`at`: when the comment was written."""
    async with uow:
        key = f"mentioned:{comment_id}"
        await _owe([person_id], Kind.MENTIONED, key, ticket_id, at, about=comment_id, uow=uow, now=now)


async def tell_watchers(ticket_id: UUID, *, at: datetime, uow: UnitOfWork, now: datetime) -> None:
    """`at`: when there were news."""
    async with uow:
        await uow.direct_messages.owe_watchers(ticket_id, since=at, due=now + SETTLES, apart=APART, most=_MOST)


async def tell_due(*, start: StartWork, now: datetime) -> int:
    """The clock has come to news that are told later than they happened; to how many."""
    return await sweep(
        lambda uow, skip, most: uow.direct_messages.due(now, skip=skip, most=most),
        partial(_tell_if_due, now=now),
        start=start,
    )


async def _tell_if_due(message_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        queued = await uow.direct_messages.queue(message_id, now=now)
        if queued:
            uow.emit(DirectMessageDue(message_id=message_id, at=now))
        return queued


async def tell_escalated(escalation_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Whom the rules name that handed a ticket to people. Where nobody has it, the supervisors of its team stand in."""
    async with uow:
        escalation = await uow.escalations.get(escalation_id)
        ticket = await uow.tickets.get(escalation.ticket_id)
        whom, people = escalation.notify, list[UUID | None]()
        if Audience.ASSIGNEE in whom:
            people.append(ticket.assignee_id)
        supervised = Audience.SUPERVISOR in whom or (Audience.ASSIGNEE in whom and ticket.assignee_id is None)
        if supervised or Audience.TEAM in whom:
            members = await uow.people.of_team(ticket.team_id, most=_MOST)
            told = members if Audience.TEAM in whom else [each for each in members if each.role is Role.SUPERVISOR]
            people += [each.id for each in told]
        key, since = f"escalated:{escalation_id}", escalation.at
        about = escalation_id
        await _owe(dict.fromkeys(people), Kind.ESCALATED, key, ticket.id, since, about=about, uow=uow, now=now)


async def tell_deciders(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Whoever was asked to decide about what waits on this ticket."""
    async with uow:
        for each in await uow.approvals.open_of(ticket_id):
            if each.state is ApprovalState.WAITING:
                people = [person for person in each.asked[:_MOST] if person != each.requested_by]
                key, since = f"approval:{each.id}", each.requested_at
                await _owe(people, Kind.APPROVAL, key, ticket_id, since, about=each.id, uow=uow, now=now)


async def tell_autonomy(move_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Who may put it back: the supervisors of the team whose ticket decided it; without any, all of them and admins."""
    async with uow:
        move = await uow.levels.get(move_id)
        ticket = await uow.tickets.get(move.cases[0].ticket_id)
        members = await uow.people.of_team(ticket.team_id, most=_MOST)
        told = [each for each in members if each.role is Role.SUPERVISOR]
        if not told:
            everybody = await uow.people.all()
            told = [each for each in everybody if may(person_acting(each), Act.SET_AUTONOMY)][:_MOST]
        people = [each.id for each in told]
        key = f"autonomy:{move.id}"
        await _owe(people, Kind.AUTONOMY, key, ticket.id, move.at, about=move.id, uow=uow, now=now)


async def _owe(
    people: Iterable[UUID | None],
    kind: Kind,
    key: str,
    ticket_id: UUID,
    since: datetime,
    *,
    about: UUID | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    for person_id in people:
        if person_id is None:
            continue
        message = DirectMessage(new_id(), person_id, kind, key, since, ticket_id, about)
        if await uow.direct_messages.owe(message):
            uow.emit(DirectMessageDue(message_id=message.id, at=now))
