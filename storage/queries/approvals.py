"""Approvals as people look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.queries.runs import evidence_of
from storage.queries.words import with_words
from storage.work.approvals import approval_of, decision_of
from ticketing.approvals.approval import Approval, Decision
from ticketing.approvals.shown import Evidence, ShownApproval, shown
from ticketing.playbook.playbook import Playbook

_APPROVALS = text(
    with_words("""
    SELECT approval.*, ticket.number, ticket.type, ticket.status,
        (SELECT :SAID
         FROM room_entry JOIN message ON message.id = room_entry.message_id
         WHERE room_entry.ticket_id = approval.ticket_id AND room_entry.concerns AND message.direction = 'in'
             AND room_entry.moved_to IS NULL
         ORDER BY message.at DESC LIMIT 1) AS last_words
    FROM approval JOIN ticket ON ticket.id = approval.ticket_id
    WHERE approval.id = ANY(:approvals)
    ORDER BY approval.requested_at, approval.id
""")
).bindparams(bindparam("approvals", type_=ARRAY(Uuid)))
_DECISIONS = text("SELECT * FROM approval_decision WHERE approval_id = ANY(:approvals) ORDER BY at").bindparams(
    bindparam("approvals", type_=ARRAY(Uuid))
)
_IN_SLACK = text("""
    SELECT DISTINCT ON (person.id) person.id, slack_user.slack_user
    FROM person JOIN slack_user ON slack_user.email = person.email
    WHERE person.id = ANY(:people) AND person.left_at IS NULL  -- who has left is named, and not called
    ORDER BY person.id, slack_user.seen_at DESC
""").bindparams(bindparam("people", type_=ARRAY(Uuid)))


async def shown_approvals(
    session: Session, approval_ids: Sequence[UUID], playbook: Playbook
) -> Mapping[UUID, ShownApproval]:
    """These, as they stand now, by their ids."""
    wanted = {"approvals": list(approval_ids)}
    rows = (await session.execute(_APPROVALS, wanted)).all()
    found = [(approval_of(row), row) for row in rows]
    said = await decisions_of(session, approval_ids)
    known = await _slack_users(session, [each for each, _ in found])
    evidence = await evidence_of(session, [each.id for each, _ in found if each.purpose.action is not None], playbook)
    return {
        each.id: _shown(
            each, row, [one for one in said if one.approval_id == each.id], playbook, known, evidence.get(each.id)
        )
        for each, row in found
    }


async def decisions_of(session: Session, approval_ids: Sequence[UUID]) -> Sequence[Decision]:
    """What was said about these so far, oldest first."""
    return [decision_of(row) for row in await session.execute(_DECISIONS, {"approvals": list(approval_ids)})]


def _shown(
    each: Approval,
    row: Row,
    decisions: Sequence[Decision],
    playbook: Playbook,
    known: Mapping[UUID, str],
    evidence: Evidence | None,
) -> ShownApproval:
    return shown(
        each,
        playbook,
        decisions,
        kind=row["type"],
        status=row["status"],
        last_words=row["last_words"],
        slack_users=known,
        found=evidence,
    )


async def _slack_users(session: Session, approvals: Sequence[Approval]) -> dict[UUID, str]:
    people: set[Any] = {person for each in approvals for person in (*each.asked, each.requested_by)} - {None}
    return {row.id: row.slack_user for row in await session.execute(_IN_SLACK, {"people": list(people)})}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list."""

    id: UUID
    ticket: int
    label: str
    amount: str | None
    requester: str
    requested_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """One record about an approval."""

    at: datetime
    kind: str
    who: str
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """Why something was allowed, or was not: the request, what people said, and the ticket's records about it."""

    approval: ShownApproval
    ticket: int
    rule: str
    playbook: int
    fingerprint: str
    steps: tuple[Step, ...]

    def lines(self) -> list[str]:
        """In words."""
        asked = self.approval
        told = [
            f"{asked.label}: {asked.state.value}" + (f", {asked.because}" if asked.because else ""),
            f"Ticket #{self.ticket}, {asked.purpose}; rule {self.rule} of playbook version {self.playbook}",
            f"Amount: {asked.amount or 'none'}",
            *(f"{name}: {value}" for name, value in asked.evidence),
            f"Asked for by {asked.requester}: {asked.why or 'no reason given'}",
            f"For {asked.who}, never who asked; {asked.quorum} had to agree",
            f"Fingerprint of what was asked: {self.fingerprint}",
        ]
        for each in asked.decisions:
            behalf = f" for {each.on_behalf_of}" if each.on_behalf_of else ""
            reason = f": {each.reason}" if each.reason else ""
            told.append(f"{each.at:%Y-%m-%d %H:%M:%S} {each.name}{behalf}: {each.verdict.value}{reason}")
        told.append("The record:")
        return told + [f"  {each.at:%Y-%m-%d %H:%M:%S} {each.kind} by {each.who}{_more(each)}" for each in self.steps]


def _more(step: Step) -> str:
    told = {key: step.after[key] for key in ("status", "verdict", "state", "why") if step.after.get(key)}
    return f" ({', '.join(f'{key}: {value}' for key, value in told.items())})" if told else ""


_LISTED = """
    SELECT approval.id, ticket.number AS ticket, approval.label, approval.amount, approval.requester,
        approval.requested_at, approval.state
    FROM approval JOIN ticket ON ticket.id = approval.ticket_id
"""
_OPEN = text(f"{_LISTED} WHERE state IN ('waiting', 'approved') ORDER BY requested_at, approval.id")
_NEWEST = text(f"{_LISTED} ORDER BY requested_at DESC, approval.id DESC LIMIT 100")
_WHOSE = text("""
    SELECT approval.ticket_id, approval.rule, approval.playbook, approval.fingerprint, ticket.number
    FROM approval JOIN ticket ON ticket.id = approval.ticket_id WHERE approval.id = :approval
""").bindparams(bindparam("approval", type_=Uuid))
_STEPS = text("""
    SELECT at, kind, actor_name, after FROM activity
    WHERE stream_kind = 'ticket' AND stream_id = :ticket AND after ->> 'approval' = :approval
    ORDER BY seq
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("approval", type_=Text))


async def listed(session: Session, *, everything: bool) -> Sequence[Listed]:
    """Those that something may still come of, the oldest first; or `everything`: the newest hundred, newest first."""
    rows = await session.execute(_NEWEST if everything else _OPEN)
    return [Listed(*row) for row in rows]


async def story(session: Session, approval_id: UUID, playbook: Playbook) -> Story:
    """Raises NotFound."""
    row = (await session.execute(_WHOSE, {"approval": approval_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such approval: see `threadline approvals list --all`.")
    found = await shown_approvals(session, [approval_id], playbook)
    steps = await session.execute(_STEPS, {"ticket": row.ticket_id, "approval": str(approval_id)})
    return Story(
        found[approval_id],
        row.number,
        row.rule,
        row.playbook,
        row.fingerprint,
        tuple(Step(each.at, each.kind, each.actor_name, each.after) for each in steps),
    )
