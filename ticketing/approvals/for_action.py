"""Approvals of what the AI would do: asked for and used within the transaction of its run."""

from dataclasses import replace
from datetime import datetime

from ticketing.approvals.approval import Approval, Purpose
from ticketing.approvals.changes import Request
from ticketing.approvals.gates import ApprovalNeeded, Gate, pass_action
from ticketing.approvals.request import NobodyToAsk, add_request, is_same
from ticketing.people.actor import AI, Actor
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket


async def request_for_action(
    ticket: Ticket,
    rule: str,
    action: str,
    why: str,
    *,
    called_with: str,
    amount: str | None = None,
    to: str | None = None,
    note: str = "",
    by: Actor = AI,
    uow: UnitOfWork,
    now: datetime,
) -> Approval:
    """Ask by this rule of the playbook's, whatever its condition says, for calling the action with these arguments.

    `called_with`: their digest (`resolution.arguments.confirmation`). `amount`: what it costs, as "89.00 USD". `to`:
    the status that the ticket goes to right after it, with this note, where the same rule is its gate: one approval,
    given before, is enough for both. `by`: an agent who said "do it" is who asks, and decides nothing. Nobody of the
    desk asks where the AI does.

    The transaction holds the ticket, whose fields are what is asked about. Asked twice, it is one request.
    Raises NobodyToAsk.
    """
    playbook = await uow.playbook()
    known_rule = playbook.approvals.get(rule)
    if known_rule is None:
        raise NobodyToAsk(f"The playbook has no approval {rule} any more.")
    gate = playbook.lifecycle(ticket.type).transition(ticket.status, to) if to is not None else None
    purpose = Purpose(action=action, called_with=called_with)
    if gate is not None and gate.approval == rule:
        purpose = replace(purpose, origin=ticket.status, since=ticket.status_since, to=to)
    asked = Request(known_rule, purpose, by, why, note, amount)
    for known in await uow.approvals.open_of(ticket.id):
        if is_same(known, asked, ticket):
            return known
    return await add_request(asked, ticket, playbook=playbook.version, uow=uow, now=now)


async def use_for_action(
    ticket: Ticket, rule: str, action: str, *, called_with: str, uow: UnitOfWork
) -> Approval | None:
    """The approval that was given for exactly this, which is used up with it. None: there is none. Somebody who agreed
    to 89 has not agreed to 98, and not to another order: the digest, the fields and the rule have to be the same.

    The transaction holds the ticket, as it was when it was asked. The transition it allows as well stays to be made.
    """
    gate = Gate((await uow.playbook()).approvals, approvals=await uow.approvals.open_of(ticket.id))
    try:
        used = pass_action(ticket, action, rule, gate, called_with=called_with)
    except ApprovalNeeded:
        return None
    await uow.approvals.save(used)
    return used
