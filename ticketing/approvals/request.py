"""Ask for an approval: of a transition that a gate holds back, and of the action that goes with it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.ids import new_id
from ticketing.approvals.approval import Approval, ApprovalState, Purpose
from ticketing.approvals.changes import Request, request, why_void
from ticketing.approvals.deciding import able_to_decide, says
from ticketing.approvals.gates import ApprovalNeeded
from ticketing.approvals.load_gate import load_gate
from ticketing.approvals.save import record_settled
from ticketing.fields.evidence import NOT_READ, Read
from ticketing.fields.give import give, keep_given, lock_for, look_around
from ticketing.fields.values import Raw
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.permissions import who_decides
from ticketing.people.person import Person
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.ports import UnitOfWork
from ticketing.tickets.change_status import NOTHING
from ticketing.tickets.changes import move, require_unchanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket

_WHY_LENGTH = 2000


class NothingToApprove(Refused):
    """What was asked for needs no approval."""


class NobodyToAsk(Refused):
    """Too few people could agree."""


async def request_approval(
    ticket_id: UUID,
    to: str,
    why: str,
    *,
    by: Actor,
    note: str = "",
    given: Mapping[str, Raw] = NOTHING,
    read: Read = NOT_READ,
    action: str | None = None,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Approval:
    """For going to `to`, when nothing else is in its way. `action`: what is to be done with it, under the same rule.
    `given` are values for fields: they are kept at once, because it is they that are asked about. `read`: where the AI
    has them from.

    Asked for twice, it is one request. Raises what moving the ticket would, NothingToApprove, NobodyToAsk,
    ChangedMeanwhile.
    """
    async with uow:
        ticket = await lock_for(ticket_id, read, uow=uow)
        require_unchanged(ticket, seen)
        playbook = await uow.playbook()
        around = await look_around(ticket, playbook, uow=uow)
        filled = await give(
            ticket, given, by=by, playbook=playbook, around=around, towards=to, read=read, uow=uow, now=now
        )
        gate = await load_gate(filled.ticket, to, by=by, uow=uow, now=now)
        try:
            move(filled.ticket, to, by=by, at=now, playbook=playbook, note=note, around=around, gate=gate)
        except ApprovalNeeded as needed:
            rule = playbook.approvals[needed.rule]
        else:
            raise NothingToApprove("This needs no approval now: change the status.")
        kept = await keep_given(filled, by=by, read=read, uow=uow, now=now)
        ticket = await save_change(*kept, uow=uow) if kept else filled.ticket
        purpose = Purpose(ticket.status, ticket.status_since, to, action)
        asked = Request(rule, purpose, by, why.strip()[:_WHY_LENGTH], note)
        for known in gate.approvals:
            if is_same(known, asked, ticket):
                return known
        return await add_request(asked, ticket, playbook=playbook.version, uow=uow, now=now)


def is_same(known: Approval, asked: Request, ticket: Ticket) -> bool:
    """Whether just this has been asked already, and waits."""
    if (known.rule, known.purpose, known.note) != (asked.rule.key, asked.purpose, asked.note):
        return False
    return known.state is ApprovalState.WAITING and why_void(known, ticket, asked.rule) is None


async def add_request(asked: Request, ticket: Ticket, *, playbook: int, uow: UnitOfWork, now: datetime) -> Approval:
    """Inside a transaction that holds the ticket. Raises NobodyToAsk."""
    requested_by = asked.by.id if asked.by.kind is ActorKind.AGENT else None
    of = await people_to_ask(asked.rule, ticket, requested_by=requested_by, uow=uow, now=now)
    requested = request(new_id(), ticket, asked, of=[each.id for each in of], playbook=playbook, at=now)
    await uow.approvals.add(requested.approval)
    await record_settled(requested, uow=uow)
    return requested.approval


async def people_to_ask(
    rule: ApprovalRule,
    ticket: Ticket,
    *,
    requested_by: UUID | None,
    escalated: bool = False,
    uow: UnitOfWork,
    now: datetime,
) -> list[Person]:
    """Raises NobodyToAsk: the quorum cannot be reached."""
    people = await uow.people.all()
    delegations = await uow.approvals.delegations(at=now)
    able = able_to_decide(rule, ticket, people, delegations, requested_by=requested_by, escalated=escalated)
    count = says(rule, ticket, people, requested_by=requested_by, escalated=escalated)
    if count < rule.quorum or not able:
        raise NobodyToAsk(
            f"Nobody can give this approval: {rule.quorum} of {who_decides(rule.approvers, escalated=escalated)} "
            f"would have to agree, not counting who asks, and the desk has {count}."
        )
    return able
