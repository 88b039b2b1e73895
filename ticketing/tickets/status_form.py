"""What a change of status asks for, for a form: it changes nothing (SPEC 3.3, 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.approvals.gates import ApprovalNeeded, pass_transition
from ticketing.approvals.load_gate import load_gate
from ticketing.fields.give import give, look_around
from ticketing.fields.requirements import asked_by, demands, shown_by
from ticketing.fields.values import Raw
from ticketing.fields.visibility import fields_of
from ticketing.people.actor import Actor
from ticketing.playbook.fields import Field
from ticketing.playbook.lifecycle import Transition
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Stored, Ticket


@dataclass(frozen=True, slots=True)
class StatusForm:
    """Going to one status. `approval` is the label of what somebody has to agree to first."""

    to: str
    fields: tuple[Field, ...]  # what it takes, filled in or not
    values: Mapping[str, Stored]  # the ticket's own
    note: bool  # it takes one
    approval: str | None = None
    waiting: bool = False  # that was asked for already
    telling: frozenset[str] = frozenset()  # fields on which it depends what else the form asks for


async def status_form(
    ticket_id: UUID, to: str, *, by: Actor, given: Mapping[str, Raw], uow: UnitOfWork, now: datetime
) -> StatusForm:
    """`given` is what the form holds by now; as long as some of it makes no sense, what depends on it is not asked for.

    Raises NotFound.
    """
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        playbook = await uow.playbook()
        arrow = playbook.lifecycle(ticket.type).transition(ticket.status, to)
        if arrow is None:  # it has moved on: whoever sends the form is told
            return StatusForm(to, (), ticket.fields, note=False)
        around = await look_around(ticket, playbook, uow=uow)
        filled = ticket
        for key, raw in given.items():
            try:
                filled = (
                    await give(
                        filled, {key: raw}, by=by, playbook=playbook, around=around, towards=to, uow=uow, now=now
                    )
                ).ticket
            except Refused:
                continue
        asked = demands(filled, arrow, playbook, note="", now=now, around=around, by=by)
        gate = await load_gate(filled, to, by=by, uow=uow, now=now)
        form = StatusForm(to, asked.fields, ticket.fields, asked.note, telling=_telling(ticket, arrow, playbook))
        try:
            pass_transition(filled, arrow, gate)
        except ApprovalNeeded as needed:
            return replace(form, approval=playbook.approvals[needed.rule].label, waiting=needed.waiting)
        return form


def _telling(ticket: Ticket, arrow: Transition, playbook: Playbook) -> frozenset[str]:
    """Other fields come or are required by them, or an approval is needed."""
    found = set[str]().union(*(asked_by(each) | shown_by(each) for each in fields_of(ticket.type, playbook)))
    rule = playbook.approvals.get(arrow.approval) if arrow.approval is not None else None
    return frozenset(found | (rule.when.fields if rule is not None and rule.when is not None else frozenset()))
