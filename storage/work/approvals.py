"""Approvals, for the use cases that ask for, give and use them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, literal_column, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import DateTime, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Row, Session
from storage.tables import approval, approval_decision, delegation
from ticketing.approvals.approval import Approval, ApprovalState, Decision, Delegation, Effect, Purpose, Verdict
from ticketing.people.actor import ActorKind

_PLAIN = (
    "id",
    "ticket_id",
    "rule",
    "label",
    "requested_by",
    "requester",
    "requested_at",
    "why",
    "note",
    "amount",
    "evidence",
    "fingerprint",
    "playbook",
    "quorum",
    "expires_at",
    "follows",
    "escalated",
    "settled_at",
    "because",
)
_SELECT = select(approval)
# As parameters they would not meet their index.
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_APPROVED: ColumnElement[str] = literal_column("'approved'")
_ADD = insert(approval)
_GET = _SELECT.where(approval.c.id == bindparam("approval"))
_TICKET_OF = select(approval.c.ticket_id).where(approval.c.id == bindparam("approval"))
_OPEN_OF = _SELECT.where(
    approval.c.ticket_id == bindparam("ticket"), approval.c.state.in_((_WAITING, _APPROVED))
).order_by(approval.c.requested_at, approval.c.id)
_OF_TICKET = _SELECT.where(approval.c.ticket_id == bindparam("ticket")).order_by(approval.c.requested_at, approval.c.id)
_CHANGING = ("state", "settled_at", "because", "used")
_SAVE = (
    update(approval)
    .where(approval.c.id == bindparam("approval"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_DUE = (
    select(approval.c.id)
    .where(approval.c.state == _WAITING, approval.c.expires_at <= bindparam("now"))
    .order_by(approval.c.expires_at, approval.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_DECIDE = insert(approval_decision)
_DECISIONS = (
    select(approval_decision)
    .where(approval_decision.c.approval_id == bindparam("approval"))
    .order_by(approval_decision.c.at, approval_decision.c.person_id)
)
_DELEGATIONS = select(delegation).where(delegation.c.until > bindparam("at"))
_DELEGATE = insert(delegation)
_DELEGATE = _DELEGATE.on_conflict_do_update(
    index_elements=[delegation.c.person_id],
    set_={"to_id": _DELEGATE.excluded.to_id, "until": _DELEGATE.excluded.until},
)
_END_DELEGATIONS_WITH = (
    delete(delegation)
    .where(or_(delegation.c.person_id == bindparam("person"), delegation.c.to_id == bindparam("person")))
    .returning(delegation.c.person_id)
)
_END_DELEGATION = delete(delegation).where(delegation.c.person_id == bindparam("person"))
# One post for the request; a second one, when it has ended, tells whoever asked.
_SHOW = text("""
    INSERT INTO room_entry (id, ticket_id, approval_id, is_outcome, concerns, at, needs_showing)
    VALUES (:entry, :ticket, :approval, :outcome, true, :at, true)
    ON CONFLICT (approval_id, is_outcome) DO UPDATE SET needs_showing = true
""").bindparams(
    bindparam("entry", type_=Uuid),
    bindparam("ticket", type_=Uuid),
    bindparam("approval", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
)


def approval_of(row: Row) -> Approval:
    """A row of the table as a value."""
    values = {name: row[name] for name in _PLAIN}
    return Approval(
        **values,
        purpose=Purpose(row["origin"], row["since"], row["target"], row["action"], row["called_with"]),
        requester_kind=ActorKind(row["requester_kind"]),
        asked=tuple(row["asked"]),
        state=ApprovalState(row["state"]),
        used=tuple(Effect(each) for each in row["used"]),
    )


def decision_of(row: Row) -> Decision:
    """The same of what somebody said."""
    return Decision(**row.as_dict() | {"verdict": Verdict(row.verdict)})


class Approvals:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, new: Approval) -> None:
        values = {name: getattr(new, name) for name in _PLAIN}
        purpose = {
            "origin": new.purpose.origin,
            "since": new.purpose.since,
            "target": new.purpose.to,
            "action": new.purpose.action,
            "called_with": new.purpose.called_with,
        }
        more = {
            "evidence": dict(new.evidence),
            "requester_kind": new.requester_kind.value,
            "asked": list(new.asked),
            "state": new.state.value,
            "used": [each.value for each in new.used],
        }
        await self._session.execute(_ADD, values | purpose | more)
        await self._show(new, outcome=False, at=new.requested_at)

    async def ticket_of(self, approval_id: UUID) -> UUID:
        row = (await self._session.execute(_TICKET_OF, {"approval": approval_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such approval.")
        found: UUID = row.ticket_id
        return found

    async def get(self, approval_id: UUID) -> Approval:
        row = (await self._session.execute(_GET, {"approval": approval_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such approval.")
        return approval_of(row)

    async def open_of(self, ticket_id: UUID) -> Sequence[Approval]:
        return [approval_of(row) for row in await self._session.execute(_OPEN_OF, {"ticket": ticket_id})]

    async def of_ticket(self, ticket_id: UUID) -> Sequence[Approval]:
        return [approval_of(row) for row in await self._session.execute(_OF_TICKET, {"ticket": ticket_id})]

    async def decisions(self, approval_id: UUID) -> Sequence[Decision]:
        rows = await self._session.execute(_DECISIONS, {"approval": approval_id})
        return [decision_of(row) for row in rows]

    async def save(self, changed: Approval, decision: Decision | None = None) -> None:
        new = {
            "new_state": changed.state.value,
            "new_settled_at": changed.settled_at,
            "new_because": changed.because,
            "new_used": [each.value for each in changed.used],
        }
        await self._session.execute(_SAVE, {"approval": changed.id} | new)
        if decision is not None:
            values = {column.name: getattr(decision, column.name) for column in approval_decision.c}
            await self._session.execute(_DECIDE, values | {"verdict": decision.verdict.value})
        await self._show(changed, outcome=False, at=changed.requested_at)
        if changed.settled_at is not None:
            await self._show(changed, outcome=True, at=changed.settled_at)

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        return [row.id for row in await self._session.execute(_DUE, {"now": now, "most": most, "skip": skip})]

    async def delegations(self, *, at: datetime) -> Sequence[Delegation]:
        rows = await self._session.execute(_DELEGATIONS, {"at": at})
        return [Delegation(row.person_id, row.to_id, row.until) for row in rows]

    async def delegate(self, made: Delegation) -> None:
        values = {"person_id": made.person_id, "to_id": made.to_id, "until": made.until}
        await self._session.execute(_DELEGATE, values)

    async def end_delegation(self, person_id: UUID) -> bool:
        return (await self._session.execute(_END_DELEGATION, {"person": person_id})).rowcount == 1

    async def end_delegations_with(self, person_id: UUID) -> Sequence[UUID]:
        rows = await self._session.execute(_END_DELEGATIONS_WITH, {"person": person_id})
        return sorted(row.person_id for row in rows)

    async def _show(self, shown: Approval, *, outcome: bool, at: datetime) -> None:
        entry = {"entry": new_id(), "ticket": shown.ticket_id, "approval": shown.id, "outcome": outcome, "at": at}
        await self._session.execute(_SHOW, entry)
