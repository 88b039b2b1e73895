"""Reads what a gate has to know, where there is one: a transition without an approval costs nothing more."""

from datetime import datetime

from ticketing.approvals.gates import CLOSED_GATE, Gate
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.visibility import in_view
from ticketing.people.actor import Actor
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket


async def load_gate(
    ticket: Ticket, to: str, *, by: Actor, around: Surroundings | None = None, uow: UnitOfWork, now: datetime
) -> Gate:
    """For moving this locked ticket to `to`. `around`: what `look_around` has read for it, where that is at hand."""
    playbook = await uow.playbook()
    transition = playbook.lifecycle(ticket.type).transition(ticket.status, to)
    if transition is None or transition.approval is None:
        return CLOSED_GATE
    return await open_gate(ticket, by=by, around=around, uow=uow, now=now)


async def open_gate(
    ticket: Ticket, *, by: Actor, around: Surroundings | None = None, uow: UnitOfWork, now: datetime
) -> Gate:
    """Everything that a gate of this locked ticket may ask."""
    playbook = await uow.playbook()
    around = around or await _look_around(ticket, uow)
    # A hidden field counts as empty here as everywhere: the amount of a refund that is none any more asks for nothing.
    facts = in_view(ticket, playbook, now=now, around=around, by=by).context
    return Gate(playbook.approvals, facts, await uow.approvals.open_of(ticket.id))


async def _look_around(ticket: Ticket, uow: UnitOfWork) -> Surroundings:
    conversation = await uow.conversations.get(ticket.conversation_id)
    team = next((each for each in await uow.people.teams() if each.id == ticket.team_id), None)
    customer = await uow.customers.get(ticket.customer_id)
    return Surroundings(conversation.channel, team.name if team else None, customer)
