"""The AI has worked on a ticket, and a person has to go on with it: that is an escalation like those of rules."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record
from ticketing.escalation.brief import brief
from ticketing.escalation.escalation import Escalation
from ticketing.fields.surroundings import Surroundings
from ticketing.people.actor import AI
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import TicketEscalated
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger


async def leave_to_people(
    ticket: Ticket, why: str, *, run_id: UUID, playbook: Playbook, around: Surroundings, uow: UnitOfWork, now: datetime
) -> Ticket:
    """The locked ticket, which the AI leaves alone from now on. `why`: in words; they may be a customer's, so they are
    in no record. Nobody is called to it: its card says so, and the list of what the AI has left to people.
    """
    escalation_id = new_id()
    after = replace(ticket.touched(now), escalated_at=ticket.escalated_at or now)
    record = Record("ticket.escalated", AI, now, {}, {"trigger": Trigger.RUN.value, "run": str(run_id)})
    event = TicketEscalated(ticket_id=ticket.id, escalation_id=escalation_id, at=now)
    after = await save_change(Changed(after, record, event), uow=uow)
    course = await uow.escalations.course(ticket.id)
    escalation = Escalation(
        escalation_id,
        ticket.id,
        now,
        Trigger.RUN,
        (why,),
        frozenset(),
        course.sentiment_then,
        ticket.sentiment,
        brief(after, course, playbook, around=around, now=now),
    )
    await uow.escalations.add(escalation, ())
    return after
