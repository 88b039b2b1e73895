"""What the AI suggests is done, because somebody of the desk says so."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.approvals.deciding import able_to_decide
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, PermissionRefused, require, who_decides
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.resolution.people import record, require_level, suggested
from ticketing.resolution.run import Run, RunState, Step, StepKind
from ticketing.tickets.events import RunChanged, RunDue
from ticketing.tickets.ticket import Ticket


async def carry_out(run_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Run:
    """Have done what the AI suggests. Their word counts as the approval that the type asks for by itself (`confirm`);
    what policy asks for on top is asked as always, and then they have asked for it.

    Raises NothingSuggested (it is being done, was done, or turned down), PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        run, ticket = await suggested(run_id, uow)
        await require_level(ticket, uow)
        rule = await _require_word(by, ticket, uow=uow, now=now)
        agreed = Step(
            run.id,
            run.steps,
            StepKind.AGREED,
            rule or "do_it",
            now,
            outputs={"by": str(by.id), "holder": await _holder(ticket, uow)},
            why=by.name,
            ended_at=now,
        )
        goes_on = replace(run, state=RunState.WORKING, agreed=by.id, why=f"{by.name} said: do it.")
        saved = await uow.runs.save(goes_on, [agreed])
        await record("run.agreed", saved, actor, uow=uow, now=now)
        uow.emit(RunDue(run_id=run.id, at=now))
        uow.emit(RunChanged(ticket_id=ticket.id, at=now))
        return saved


async def _holder(ticket: Ticket, uow: UnitOfWork) -> str | None:
    """Whoever has the ticket may keep it: that is no reason not to do what was agreed to."""
    holder = ticket.assignee_id or (await uow.conversations.get(ticket.conversation_id)).assignee_id
    return str(holder) if holder is not None else None


async def _require_word(by: Person, ticket: Ticket, *, uow: UnitOfWork, now: datetime) -> str | None:
    """The approval rule by which this person may say so; None: the playbook names none for the type, and whoever may
    change the ticket may. Raises PermissionRefused, with who could.
    """
    playbook = await uow.playbook()
    rule = playbook.approvals.get(playbook.type(ticket.type).ai.confirm or "")
    if rule is None:
        require(person_acting(by), Act.CARRY_OUT, ticket)
        return None
    people, delegations = await uow.people.all(), await uow.approvals.delegations(at=now)
    if by.id not in {each.id for each in able_to_decide(rule, ticket, people, delegations, requested_by=None)}:
        raise PermissionRefused(f"You may not {Act.CARRY_OUT.value}: that is for {who_decides(rule.approvers)}.")
    return rule.key
