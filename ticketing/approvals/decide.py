"""Decide about a request: approve it, reject it with a reason, or ask something first."""

from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.changes import (
    ApprovalExpired,
    ApprovalVoid,
    decide,
    is_due,
    require_waiting,
    void,
    why_void,
)
from ticketing.approvals.deciding import authority_of, represented_by
from ticketing.approvals.end import end_expired
from ticketing.approvals.save import save_settled
from ticketing.people.actor import Actor
from ticketing.people.permissions import require_decider
from ticketing.people.person import Person
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket

_REASON_LENGTH = 2000


async def decide_approval(
    approval_id: UUID, verdict: Verdict, *, by: Actor, reason: str = "", uow: UnitOfWork, now: datetime
) -> Approval:
    """What became of it. Of two at once, one decides and the other is told. Only people do.

    Raises AlreadyDecided, ApprovalVoid, ApprovalExpired (found out now: that much is kept), ReasonMissing,
    PermissionRefused, NotFound.
    """
    refusal: Refused
    person = require_decider(by)
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        decisions = await uow.approvals.decisions(approval_id)
        require_waiting(approval, decisions, person)
        rule = (await uow.playbook()).approvals.get(approval.rule)
        authority = await _authority(person, approval, rule, ticket, uow, now) if rule else person
        if (why := why_void(approval, ticket, rule)) is not None:
            await save_settled(void(approval, why, at=now), uow=uow)
            refusal = _void(why)
        elif rule is not None and is_due(approval, now):
            await end_expired(approval, ticket, rule, uow=uow, now=now)
            refusal = ApprovalExpired("Not decided: its time is over.")
        else:
            said = decide(
                approval,
                decisions,
                by=person,
                authority=authority,
                verdict=verdict,
                reason=reason.strip()[:_REASON_LENGTH],
                at=now,
            )
            return await save_settled(said, uow=uow)
    raise refusal


async def _authority(
    by: Person, approval: Approval, rule: ApprovalRule, ticket: Ticket, uow: UnitOfWork, now: datetime
) -> Person:
    represented = represented_by(by, await uow.people.all(), await uow.approvals.delegations(at=now), now)
    decisions = await uow.approvals.decisions(approval.id)
    return authority_of(by, approval, rule, ticket, represented=represented, decisions=decisions)


async def require_may_decide(approval_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Approval:
    """Before a form is opened. Raises as deciding would; what is void is kept as such, too."""
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        require_waiting(approval, await uow.approvals.decisions(approval_id), by)
        rule = (await uow.playbook()).approvals.get(approval.rule)
        if rule is not None:
            await _authority(by, approval, rule, ticket, uow, now)
        why = why_void(approval, ticket, rule)
        if why is None:
            return approval
        await save_settled(void(approval, why, at=now), uow=uow)
    raise _void(why)


def _void(why: str) -> ApprovalVoid:
    return ApprovalVoid(f"Not decided: {why} since it was asked. It has to be asked for anew.")
