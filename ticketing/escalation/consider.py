"""Whether a ticket is to be handed to people now: asked whenever something happened to it, and when its time has come.

A rule escalates a ticket once, and stands. Only when a person has handed the ticket back to the AI, and the rule has
ceased to hold, may it escalate that ticket again: who has a ticket is not called to it a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record
from ticketing.escalation.brief import brief
from ticketing.escalation.carry_out import carry_out
from ticketing.escalation.escalation import Escalation
from ticketing.escalation.look_again import look_again
from ticketing.fields.give import look_for
from ticketing.fields.surroundings import Surroundings, conditions_about
from ticketing.fields.visibility import in_view
from ticketing.people.actor import AUTOMATION
from ticketing.playbook.ai_policy import EscalationRule
from ticketing.playbook.conditions import Context
from ticketing.playbook.playbook import Playbook
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import TicketChanged, TicketEscalated
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger

SENTIMENT = "ticket.sentiment"


@dataclass(frozen=True, slots=True)
class _Case:
    """A locked ticket, and what its rules may ask about it at this instant."""

    ticket: Ticket
    playbook: Playbook
    around: Surroundings
    context: Context


async def consider(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> bool:
    """Whether it was escalated just now. Safe to repeat, and to come late."""
    async with uow:
        seen = await uow.tickets.get(ticket_id)
        playbook = await uow.playbook()
        if not playbook.type(seen.type).ai.escalate:  # most desks: nothing is locked for them
            return False
        return await consider_held(await uow.tickets.lock(ticket_id), playbook, uow=uow, now=now)


async def consider_due(*, start: StartWork, now: datetime) -> int:
    """Look at every ticket whose time has come; at how many. Run by the clock."""
    return await sweep(
        lambda uow, skip, most: uow.escalations.due(now, skip=skip, most=most),
        partial(_consider_if_due, now=now),
        start=start,
    )


async def _consider_if_due(ticket_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        look_at = (await uow.escalations.watched(ticket_id)).look_at
        if look_at is None or look_at > now:
            return False
        await consider_held(ticket, await uow.playbook(), uow=uow, now=now)
        return True


async def consider_held(ticket: Ticket, playbook: Playbook, *, uow: UnitOfWork, now: datetime) -> bool:
    """The same of a ticket that is locked already. Where it was not escalated, it is as it was."""
    watched = await uow.escalations.watched(ticket.id)
    counts = ticket.is_live and ticket.discarded_at is None
    rules = playbook.type(ticket.type).ai.escalate if counts else ()
    case = await _look(ticket, rules, playbook, uow, now)
    held = [rule for rule in rules if rule.when.holds(case.context, otherwise=False)]
    fresh = [rule for rule in held if rule.key not in watched.standing]
    over = watched.standing - {rule.key for rule in held}
    if over and counts and ticket.escalated_at is None:
        await uow.escalations.end(ticket.id, over)
    if fresh:
        await _escalate(case, fresh, uow, now)
    elif counts and ticket.escalated_at is not None:
        told = brief(ticket, await uow.escalations.course(ticket.id), playbook, around=case.around, now=now)
        if await uow.escalations.brief_anew(ticket.id, told):
            uow.emit(TicketChanged(ticket_id=ticket.id, at=now))
    look_at = look_again(rules, ticket, case.context, case.around, now)
    if look_at != watched.look_at:
        await uow.escalations.watch(ticket.id, look_at)
    return bool(fresh)


async def _look(
    ticket: Ticket, rules: Sequence[EscalationRule], playbook: Playbook, uow: UnitOfWork, now: datetime
) -> _Case:
    asked = [*(rule.when for rule in rules), *conditions_about(ticket, playbook)]
    around = await look_for(asked, ticket, playbook, uow=uow)
    return _Case(ticket, playbook, around, in_view(ticket, playbook, now=now, around=around).context)


async def _escalate(case: _Case, rules: Sequence[EscalationRule], uow: UnitOfWork, now: datetime) -> None:
    """All rules that came to hold in the same moment are one escalation: nobody is told twice."""
    ticket, escalation_id = case.ticket, new_id()
    trigger = trigger_of(rules)
    because = tuple(rule.because for rule in rules)
    after = replace(ticket.touched(now), escalated_at=ticket.escalated_at or now)
    said = {"trigger": trigger.value, "because": list(because), "rules": [rule.when.source for rule in rules]}
    record = Record("ticket.escalated", AUTOMATION, now, {}, {**said, "playbook": case.playbook.version})
    event = TicketEscalated(ticket_id=ticket.id, escalation_id=escalation_id, at=now)
    actions = [action for rule in rules for action in rule.actions]
    after = await carry_out(ticket, actions, first=[Changed(after, record, event)], uow=uow, now=now)
    course = await uow.escalations.course(ticket.id)
    escalation = Escalation(
        escalation_id,
        ticket.id,
        now,
        trigger,
        because,
        frozenset(who for rule in rules for who in rule.whom),
        course.sentiment_then,
        ticket.sentiment,
        brief(after, course, case.playbook, around=case.around, now=now),
    )
    await uow.escalations.add(escalation, [rule.key for rule in rules])


def trigger_of(rules: Sequence[EscalationRule]) -> Trigger:
    """What handed the ticket over: how the customer sounds, if one of the rules asks that."""
    return Trigger.SENTIMENT if any(SENTIMENT in rule.when.source for rule in rules) else Trigger.RULE
