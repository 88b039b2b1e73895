"""What one person's page is made of, row by row. Statements: `storage/queries/home.py`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from storage.database import Row, Session
from storage.playbooks import Playbooks
from storage.queries import home as sql
from storage.queries.approvals import decisions_of, shown_approvals
from storage.work.approvals import approval_of
from storage.work.clock_json import clocks_of
from storage.work.people import People
from storage.work.tickets import Tickets
from ticketing.approvals.approval import Approval
from ticketing.approvals.deciding import can_decide
from ticketing.home.home import MOST, MOST_MINE, AskedApproval, Listed
from ticketing.home.work import Place, WaitingConversation, Work
from ticketing.people.person import Person, teams_of
from ticketing.playbook.playbook import Playbook
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority

_RISKY = 500  # of all at risk at the desk, the soonest due; theirs are among them
_WAITING = 200  # requests for approval
_DECIDED = 10  # of them, with their evidence

Works = list[Work]


async def tickets_for(
    person: Person, found: Sequence[UUID], *, session: Session, playbooks: Playbooks, now: datetime
) -> tuple[Works, Works, Works]:
    """Theirs; those at risk in their teams; and those that were found before, in that order."""
    teams = teams_of(person)
    asked = {
        "person": person.id,
        "teams": None if teams is None else list(teams),
        "mine": f"live-assignee:{person.id}",
        "now": now,
        "most": _RISKY,
        "most_mine": MOST_MINE + 1,
        "most_at_risk": MOST + 1,
        "found": list(found),
    }
    rows = (await session.execute(sql.TICKETS, asked)).all()
    playbook = await playbooks.current(session)
    works = {row.id: _work(row, playbook) for row in rows}
    mine = [each for each in works.values() if each.assignee_id == person.id]
    risky = [works[row.id] for row in rows if row.is_at_risk]
    return mine, risky, [works[each] for each in found if each in works]


async def more_at_risk(person: Person, shown: int, *, session: Session, now: datetime) -> bool:
    """Whether their teams may have more at risk than these `shown`: the desk has more than was looked at."""
    if shown > MOST or teams_of(person) is None:
        return shown > MOST
    return bool((await session.execute(sql.MORE_AT_RISK, {"most": _RISKY, "now": now})).one().more)


async def conversations_for(person: Person, *, session: Session) -> Listed[WaitingConversation]:
    rows = (await session.execute(sql.UNTICKETED, {"person": person.id, "most": MOST + 1})).all()
    return Listed([_conversation(row) for row in rows[:MOST]], len(rows) > MOST)


async def approvals_for(
    person: Person, *, session: Session, playbooks: Playbooks, now: datetime
) -> tuple[Listed[AskedApproval], Listed[AskedApproval]]:
    """What waits for their say, and what they asked of others."""
    rows = (await session.execute(sql.WAITING_APPROVALS, {"most": _WAITING + 1})).all()
    is_cut, rows = len(rows) > _WAITING, rows[:_WAITING]  # there may be more for them
    if not rows:
        return Listed(), Listed()
    waiting = {row.id: approval_of(row) for row in rows}
    tickets = {each.id: each for each in await Tickets(session).these({each.ticket_id for each in waiting.values()})}
    represented = await People(session).represented_by(person.id, at=now)
    said = await decisions_of(session, list(waiting))
    playbook = await playbooks.current(session)

    def theirs(asked: Approval) -> bool:
        decisions = [each for each in said if each.approval_id == asked.id]
        rule, ticket = playbook.approvals.get(asked.rule), tickets[asked.ticket_id]
        return can_decide(person, asked, rule, ticket, represented=represented, decisions=decisions)

    to_decide = [each for each in waiting.values() if theirs(each)]
    asked = [each for each in waiting.values() if each.requested_by == person.id]
    shown = await shown_approvals(session, [each.id for each in (*to_decide[:_DECIDED], *asked[:_DECIDED])], playbook)
    cards = {row.id: _place(row.card_channel, row.card_ts) for row in rows}

    def part(approvals: Sequence[Approval]) -> Listed[AskedApproval]:
        lines = [
            AskedApproval(
                shown[each.id], tickets[each.ticket_id].number, tickets[each.ticket_id].subject, cards[each.id]
            )
            for each in approvals[:_DECIDED]
        ]
        return Listed(lines, is_cut or len(approvals) > _DECIDED)

    return part(to_decide), part(asked)


def _work(row: Row, playbook: Playbook) -> Work:
    return Work(
        ticket_id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        version=row.version,
        subject=row.subject,
        customer=row.customer,
        priority=Priority(row.priority),
        status=playbook.lifecycle(row.type).status(row.status),
        status_since=row.status_since,
        opened_at=row.created_at,
        assignee_id=row.assignee_id,
        assignee=row.assignee,
        due_at=row.due_at,
        clocks=clocks_of(row.clocks) if row.clocks else {},
        unanswered_since=row.unanswered_since,
        undelivered_at=row.undelivered_at,
        approval_since=row.approval_since,
        trigger=Trigger(row.trigger) if row.trigger else None,
        why=row.why or "",
        card=_place(row.channel, row.ts),
    )


def _conversation(row: Row) -> WaitingConversation:
    return WaitingConversation(
        conversation_id=row.id,
        version=row.version,
        customer=row.customer,
        channel=row.channel,
        since=row.awaiting_since,
        last_words=row.last_words or "",
        assignee_id=row.assignee_id,
        card=_place(row.card_channel, row.ts),
    )


def _place(channel: str | None, ts: str | None) -> Place | None:
    return (channel, ts) if channel and ts else None
