"""Begin a run: for a ticket that triage has opened, where the playbook lets the AI work on tickets of its type."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from core.errors import Refused
from core.ids import new_id
from core.messages import Limits
from ticketing.approvals.gates import CLOSED_GATE
from ticketing.escalation.consider import consider_held
from ticketing.people.actor import AI, ActorKind
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import Autonomy
from ticketing.ports import StartWork
from ticketing.resolution.book import Book, open_book
from ticketing.resolution.case import fitting
from ticketing.resolution.ground import Ground, taken_away
from ticketing.resolution.hand_over import hand_over
from ticketing.resolution.ports import ActionsOf, Spent, SpentMeanwhile
from ticketing.resolution.run import Run, StepKind
from ticketing.tickets.changes import move
from ticketing.tickets.events import RunDue
from ticketing.tickets.save_move import save_move
from ticketing.triage.record import Trigger

QUIET = frozenset({Autonomy.SHADOW, Autonomy.SUGGEST})  # of these nobody outside notices anything


async def begin_run(
    ticket_id: UUID,
    *,
    actions: ActionsOf,
    limits: Mapping[str, Limits],
    start: StartWork,
    now: datetime,
    handed_back: bool = False,
) -> UUID | None:
    """The run, which is due at once. None: nothing begins here. Safe to repeat: of itself one begins once on a ticket;
    `handed_back`: somebody wants another one, and nothing that people did before is in its way.
    """
    begin = partial(_begun, ticket_id, actions, limits, start, now, handed_back)
    try:
        return await begin()
    except SpentMeanwhile:
        return await begin()  # which sees that the budget is spent


async def _begun(
    ticket_id: UUID,
    actions: ActionsOf,
    limits: Mapping[str, Limits],
    start: StartWork,
    now: datetime,
    handed_back: bool,
) -> UUID | None:
    async with start() as uow:
        ticket, playbook = await uow.tickets.get(ticket_id), await uow.playbook()
        policy = playbook.type(ticket.type).ai
        if policy.autonomy is Autonomy.OFF or ticket.reporter != ActorKind.AI or not policy.recipes:
            return None  # most tickets of most desks: nothing is locked for them
        run = Run(
            new_id(),
            ticket.id,
            ticket.conversation_id,
            ticket.customer_id,
            ticket.type,
            playbook.version,
            policy.autonomy,
            now,
        )
        book = await open_book(run, limits=limits, uow=uow, now=now)
        book.run = replace(book.run, autonomy=book.reach)
        if await _is_escalated(book):  # whom a rule hands to people, the AI does not touch
            return None
        if not await _may_begin(book, actions, handed_back=handed_back) or not await uow.runs.add(book.run):
            return None
        await _begin(book)
        return run.id


async def _is_escalated(book: Book) -> bool:
    """By a rule that holds just now."""
    rules = book.playbook.type(book.ticket.type).ai.escalate
    return bool(rules) and await consider_held(book.ticket, book.playbook, uow=book.uow, now=book.now)


async def _may_begin(book: Book, actions: ActionsOf, *, handed_back: bool) -> bool:
    """Whatever a person has done with the ticket until now is a reason to leave it to them."""
    since = book.now if handed_back else None
    if not is_sure(book.ground, book.policy):
        return False
    if taken_away(book.ticket, book.conversation, book.ground, book.policy, since=since) is not None:
        return False
    if not fitting(book.ticket, book.playbook, actions(book.playbook).specs, around=book.around, now=book.now):
        return False
    spent = await book.uow.runs.spent(book.ticket.type, book.ticket.id, at=book.now)
    return (handed_back or not spent.ticket_runs) and not beyond(spent, book.policy)


async def _begin(book: Book) -> None:
    run, now = book.run, book.now
    book.uow.runs.spend(book.ticket.type, at=now, runs=1, within=book.policy.budget)
    book.record("run.begun", autonomy=run.autonomy.value, playbook=book.playbook.version)
    book.run = replace(run, heard=book.ground.heard)
    if run.autonomy not in QUIET:
        try:
            await settle_in(book)
        except Refused as refusal:
            customer = await book.uow.customers.get(book.ticket.customer_id)
            await hand_over(book, refusal.message, customer=customer.name)
    await book.close()
    book.uow.emit(RunDue(run_id=run.id, at=now))


def is_sure(ground: Ground, policy: AiPolicy) -> bool:
    """Whether triage was sure enough of what the customer wants."""
    return ground.trigger is Trigger.TRIAGE and ground.confidence >= policy.confidence


def beyond(spent: Spent, policy: AiPolicy) -> bool:
    """Whether one more run would be beyond the budget."""
    budget = policy.budget
    limits = (
        (spent.ticket_runs, budget.runs_per_ticket),
        (spent.ticket_cost, budget.cost_per_ticket),
        (spent.runs, budget.runs_per_month),
    )
    return any(most is not None and used >= most for used, most in limits)


async def settle_in(book: Book) -> None:
    """The ticket in the status that the AI works in, where its type names one and the ticket is not there.

    Raises what `changes.move` does.
    """
    to = book.policy.begins
    rules = book.playbook.lifecycle(book.ticket.type)
    if to is None or to == book.ticket.status or book.ticket.status != rules.initial:
        return
    before = book.ticket
    moved = move(before, to, by=AI, at=book.now, playbook=book.playbook, around=book.around, gate=CLOSED_GATE)
    book.ticket = await save_move(before, moved, rules=rules, uow=book.uow, now=book.now)
    book.write(StepKind.MOVE, to)
