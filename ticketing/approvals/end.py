"""Requests that end without a decision: their time is over, or what was asked is not so any more."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from core.ids import new_id
from ticketing.approvals.approval import Approval
from ticketing.approvals.changes import expire, is_due, request_again, void, why_void
from ticketing.approvals.request import NobodyToAsk, people_to_ask
from ticketing.approvals.save import record_settled, save_settled
from ticketing.playbook.approval_rules import ApprovalRule, WhenExpired
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.ticket import Ticket


async def expire_due(*, start: StartWork, now: datetime) -> int:
    """End every request whose time is over, with what its rule says then; how many."""
    return await sweep(
        lambda uow, skip, most: uow.approvals.due(now, skip=skip, most=most),
        partial(_expire_if_due, now=now),
        start=start,
    )


async def _expire_if_due(approval_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        if not is_due(approval, now):
            return False
        rule = (await uow.playbook()).approvals.get(approval.rule)
        why = why_void(approval, ticket, rule)
        if why is not None or rule is None:
            await save_settled(void(approval, why or "", at=now), uow=uow)
        else:
            await end_expired(approval, ticket, rule, uow=uow, now=now)
        return True


async def end_expired(
    approval: Approval, ticket: Ticket, rule: ApprovalRule, *, uow: UnitOfWork, now: datetime
) -> None:
    """Inside a transaction that holds the ticket. What expired once is asked again or escalated, and no second time."""
    expired = await save_settled(expire(approval, at=now), uow=uow)
    if rule.then is WhenExpired.REJECT or approval.follows is not None:
        return
    escalated = rule.then is WhenExpired.ESCALATE
    try:
        of = await people_to_ask(
            rule, ticket, requested_by=approval.requested_by, escalated=escalated, uow=uow, now=now
        )
    except NobodyToAsk:
        return
    again = request_again(approval, new_id(), rule, of=[each.id for each in of], at=now)
    await uow.approvals.add(again.approval)
    await record_settled(again, uow=uow)
    if expired.purpose.action is not None and (run := await uow.runs.waiting_for(expired.id)) is not None:
        await uow.runs.save(replace(run, approval_id=again.approval.id))


async def review(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Void what was asked or given for a ticket and is not so any more. Run after it changed; safe to repeat."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        rules = None
        for approval in await uow.approvals.open_of(ticket_id):
            rules = rules or (await uow.playbook()).approvals
            why = why_void(approval, ticket, rules.get(approval.rule))
            if why is not None:
                await save_settled(void(approval, why, at=now), uow=uow)
