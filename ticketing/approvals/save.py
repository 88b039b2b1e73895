"""Saving what became of an approval: the row, its record and its event stand and fall together."""

from ticketing.activity.record import Stream
from ticketing.approvals.approval import Approval, ApprovalState
from ticketing.approvals.changes import Settled
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ApprovalChanged, ApprovalGranted


async def save_settled(settled: Settled, *, uow: UnitOfWork) -> Approval:
    """Of a ticket that is locked."""
    approval, at = settled.approval, settled.record.at
    await uow.approvals.save(approval, settled.decision)
    await record_settled(settled, uow=uow)
    if settled.decision is not None and approval.state is ApprovalState.APPROVED and approval.follows_by_itself:
        uow.emit(ApprovalGranted(approval_id=approval.id, at=at))
    return approval


async def record_settled(settled: Settled, *, uow: UnitOfWork) -> None:
    """Of one that is saved, or has just been added."""
    ticket_id = settled.approval.ticket_id
    await uow.activity.append(Stream("ticket", ticket_id), [settled.record])
    uow.emit(ApprovalChanged(ticket_id=ticket_id, at=settled.record.at))
