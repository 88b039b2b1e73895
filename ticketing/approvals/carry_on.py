"""What was held back goes on when the last approval is given: as who asked for it, through the same one function."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.approvals.approval import Approval, ApprovalState, Effect
from ticketing.approvals.changes import not_followed, void, why_void
from ticketing.approvals.save import save_settled
from ticketing.people.actor import AI, AUTOMATION, Actor, ActorKind, person_acting
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.change_status import change_status
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.ticket import Ticket


async def carry_on(approval_id: UUID, *, start: StartWork, now: datetime) -> None:
    """Make the transition that was approved; where it cannot be made any more, tell who asked. Safe to repeat."""
    while (held_back := await _held_back(approval_id, uow=start(), now=now)) is not None:
        try:
            await held_back.follow(uow=start(), now=now)
        except ChangedMeanwhile:  # somebody may have taken the ticket where nothing was approved: look anew
            continue
        except Refused as refusal:
            await _tell_why_not(approval_id, refusal.message, uow=start(), now=now)
        return


@dataclass(frozen=True, slots=True)
class _HeldBack:
    """A transition that may follow, as long as the ticket is this version of itself."""

    ticket_id: UUID
    seen: int
    to: str
    note: str
    by: Actor

    async def follow(self, *, uow: UnitOfWork, now: datetime) -> None:
        await change_status(self.ticket_id, self.to, by=self.by, note=self.note, seen=self.seen, uow=uow, now=now)


async def _held_back(approval_id: UUID, *, uow: UnitOfWork, now: datetime) -> _HeldBack | None:
    """None: it has followed, or never will, because what was approved is not so any more."""
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        to = approval.purpose.to
        if to is None or not approval.follows_by_itself or not _is_held_back(approval):
            return None
        if (stale := await _stale(approval, ticket, uow)) is not None:
            await save_settled(void(approval, stale, at=now), uow=uow)
            return None
        by = await _requester(approval, uow)
        return _HeldBack(ticket.id, ticket.version, to, approval.note, by)


def _is_held_back(approval: Approval) -> bool:
    return approval.state is ApprovalState.APPROVED and Effect.TRANSITION not in approval.used


async def _tell_why_not(approval_id: UUID, why: str, *, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        if not _is_held_back(approval) or approval.because is not None:
            return
        stale = await _stale(approval, ticket, uow)
        settled = not_followed(approval, why, at=now) if stale is None else void(approval, stale, at=now)
        await save_settled(settled, uow=uow)


async def _stale(approval: Approval, ticket: Ticket, uow: UnitOfWork) -> str | None:
    return why_void(approval, ticket, (await uow.playbook()).approvals.get(approval.rule))


async def _requester(approval: Approval, uow: UnitOfWork) -> Actor:
    if approval.requested_by is not None:
        return person_acting(await uow.people.get(approval.requested_by))
    return AI if approval.requester_kind is ActorKind.AI else AUTOMATION
