"""What people do against a run: take its ticket over, or turn down what it suggests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.approvals.changes import void
from ticketing.approvals.save import save_settled
from ticketing.conversations.claim import AlreadyClaimed
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.resolving import Autonomy
from ticketing.ports import UnitOfWork
from ticketing.resolution.run import TURNED_DOWN, Run, RunState, Step, StepKind, StepState
from ticketing.tickets.changes import assign
from ticketing.tickets.events import OutcomeChanged, RunChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


class NothingSuggested(Refused):
    """The run waits for nobody's word (any more)."""


async def take_over(ticket_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Ticket:
    """The AI does nothing more with the ticket, which is theirs. What it waits for to be decided is void.

    A call that is being made just now cannot be called back: what comes of it is still written down, and nothing
    follows it. Safe to repeat. Raises AlreadyClaimed (a colleague has it), PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.TAKE_OVER, ticket)
        for holder in (conversation.assignee_id, ticket.assignee_id):
            if holder is not None and holder != by.id:
                raise AlreadyClaimed((await uow.people.get(holder)).name)
        run = await uow.runs.open_of(ticket_id)
        if run is not None and not await _is_calling(run, uow):
            await _stop(run, f"{by.name} has taken it over.", by=actor, uow=uow, now=now)
        return await save_change(assign(ticket, by, by=actor, at=now), uow=uow)


async def turn_down(run_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Run:
    """Not this: nothing of what the AI suggests is done. Whoever works on the ticket goes on without it.

    Raises NothingSuggested, PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        run, ticket = await suggested(run_id, uow)
        require(actor, Act.TAKE_OVER, ticket)
        said = Step(run.id, run.steps, StepKind.AGREED, "not_this", now, outcome=TURNED_DOWN, why=by.name, ended_at=now)
        return await _stop(run, f"{by.name} said: not this.", [said], by=actor, uow=uow, now=now)


async def suggested(run_id: UUID, uow: UnitOfWork) -> tuple[Run, Ticket]:
    """The run and its ticket, which is held from here on. Raises NothingSuggested, NotFound."""
    ticket = await uow.tickets.lock((await uow.runs.get(run_id)).ticket_id)
    run = await uow.runs.get(run_id)  # as it stands now that nobody else can change it
    if run.state is not RunState.SUGGESTED:
        raise NothingSuggested(f"The AI suggests nothing here any more. {run.why}".strip())
    return run, ticket


async def require_level(ticket: Ticket, uow: UnitOfWork) -> None:
    """That the AI may do what it suggested still. Raises NothingSuggested."""
    newest = await uow.levels.newest(ticket.type)
    if newest is not None and newest.level is Autonomy.SHADOW:
        why = "The AI only tries these tickets out now, and does nothing: somebody has to do it."
        raise NothingSuggested(f"{why} {newest.why}")


async def _is_calling(run: Run, uow: UnitOfWork) -> bool:
    """Whether a write has begun, of which nobody knows yet what came of it."""
    steps = await uow.runs.steps(run.id) if run.state is RunState.WORKING else ()
    return any(each.kind is StepKind.ACT and each.state is StepState.BEGUN for each in steps)


async def _stop(run: Run, why: str, steps: Sequence[Step] = (), *, by: Actor, uow: UnitOfWork, now: datetime) -> Run:
    """Inside a transaction that holds the ticket."""
    if run.approval_id is not None:
        approval = await uow.approvals.get(run.approval_id)
        if approval.is_open:
            await save_settled(void(approval, "the AI does not go on with it", at=now), uow=uow)
    ended = replace(run, state=RunState.STOPPED, why=why, ended_at=now, trying_since=None)
    saved = await uow.runs.save(ended, steps)
    await record("run.ended", saved, by, uow=uow, now=now)
    uow.emit(RunChanged(ticket_id=run.ticket_id, at=now))
    if (await uow.playbook()).type(run.type).ai.earns is not None:
        uow.emit(OutcomeChanged(ticket_id=run.ticket_id, at=now))
    return saved


async def record(kind: str, run: Run, by: Actor, *, uow: UnitOfWork, now: datetime) -> None:
    after = {"run": str(run.id), "state": run.state.value, "steps": run.steps}
    await uow.activity.append(Stream("ticket", run.ticket_id), [Record(kind, by, now, {}, after)])
