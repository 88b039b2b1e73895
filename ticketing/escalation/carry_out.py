"""What rules change about a ticket that they hand to people: its priority, its team. Steps of SLA policies, too."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.sla_policy import EscalationAction
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import TicketTaken
from ticketing.tickets.save import save_change
from ticketing.tickets.stage_actions import carried_out
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


async def carry_out(
    before: Ticket,
    actions: Sequence[EscalationAction],
    *,
    first: Sequence[Changed] = (),
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """Save the locked ticket with what they change, after `first`. Whom they tell hears of it by an event.

    Whoever loses it to a team may hold its conversation still: that follows.
    """
    ticket = first[-1].ticket if first else before
    changing = list(_changing(ticket, actions))
    teams = {}
    if any(isinstance(each, HandToTeam) for each in changing):
        teams = {team.name.lower(): team for team in await uow.people.teams()}
    done = [*first, *carried_out(ticket, changing, teams=teams, at=now)]
    if not done:
        return ticket
    after = await save_change(*done, uow=uow)
    if before.assignee_id is not None and after.assignee_id is None:
        uow.emit(TicketTaken(ticket_id=after.id, person_id=before.assignee_id, at=now))
    return after


def _changing(ticket: Ticket, actions: Sequence[EscalationAction]) -> Iterator[SetPriority | HandToTeam]:
    """An escalation raises a priority and never lowers it."""
    ranks = list(Priority)
    highest = ranks.index(ticket.priority)
    for each in actions:
        if isinstance(each, HandToTeam):
            yield each
        elif isinstance(each, SetPriority) and ranks.index(each.to) > highest:
            highest = ranks.index(each.to)
            yield each
