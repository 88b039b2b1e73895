"""One transaction of a run: its ticket is locked, what happens is written down, and all of it is kept at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from core.messages import Limits
from ticketing.activity.record import Record, Stream, Value
from ticketing.approvals.changes import void
from ticketing.approvals.save import save_settled
from ticketing.conversations.conversation import Conversation
from ticketing.escalation.after_run import leave_to_people
from ticketing.fields.give import look_around
from ticketing.fields.surroundings import Surroundings
from ticketing.people.actor import AI
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.resolution.ground import Ground
from ticketing.resolution.run import Json, Run, RunState, Step, StepKind, StepState
from ticketing.resolution.stands import Stands
from ticketing.tickets.events import OutcomeChanged, RunChanged
from ticketing.tickets.ticket import Ticket

NOTHING: Mapping[str, Json] = {}


@dataclass(slots=True)
class Book(Stands):
    """`ticket` and `run` are as they stand now; the run and what was written down are kept by `close`."""

    run: Run
    ticket: Ticket
    conversation: Conversation
    playbook: Playbook
    ground: Ground
    around: Surroundings
    limits: Mapping[str, Limits]
    uow: UnitOfWork
    now: datetime
    written: list[Step] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    leaves: str | None = None  # why the AI leaves the ticket to people

    @property
    def key(self) -> str:
        """What the step that is written next is known by, to us and to others."""
        return f"run:{self.run.id}:{self.run.steps}"

    def write(
        self,
        kind: StepKind,
        name: str,
        *,
        state: StepState = StepState.DONE,
        inputs: Mapping[str, Json] = NOTHING,
        outputs: Mapping[str, Json] = NOTHING,
        outcome: str = "done",
        why: str = "",
        key: str | None = None,
        amount: Decimal | None = None,
        begun_at: datetime | None = None,
    ) -> Step:
        """The next step."""
        step = Step(
            self.run.id,
            self.run.steps,
            kind,
            name,
            begun_at or self.now,
            state,
            inputs,
            outputs,
            outcome,
            why,
            key,
            self.now if state is StepState.DONE else None,
            amount,
        )
        self.run = replace(self.run, steps=self.run.steps + 1)
        self.written.append(step)
        return step

    def settle(self, step: Step, outcome: str, *, why: str = "", outputs: Mapping[str, Json] = NOTHING) -> Step:
        """A step that had begun has ended."""
        ended = replace(
            step, state=StepState.DONE, outcome=outcome, why=why, outputs={**step.outputs, **outputs}, ended_at=self.now
        )
        self.rewrite(ended)
        return ended

    def rewrite(self, step: Step) -> None:
        """A step that was written before, as it is now."""
        self.written = [each for each in self.written if each.place != step.place] + [step]

    def record(self, kind: str, **after: Value) -> None:
        """In the record of the ticket: ids and keys, no words of a customer's."""
        self.records.append(Record(kind, AI, self.now, {}, {"run": str(self.run.id), **after}))

    def end(self, state: RunState, why: str) -> None:
        """The run is over."""
        self.run = replace(self.run, state=state, why=why, ended_at=self.now, trying_since=None)
        self.record("run.ended", state=state.value, steps=self.run.steps)

    async def withdraw(self, approval_id: UUID) -> None:
        """Nobody is asked for it any more, and what was given for it is good for nothing."""
        approval = await self.uow.approvals.get(approval_id)
        if approval.is_open:
            why = "the AI does not go on with it"
            if not self.run.is_open and self.run.why:
                why = f"{why}: {self.run.why.removeprefix('Stopped: ').rstrip('.')}"
            await save_settled(void(approval, why, at=self.now), uow=self.uow)

    async def close(self) -> Run:
        """Keep everything. What a run that is over asked people for is void. Raises RunMovedOn."""
        if not self.run.is_open and self.run.approval_id is not None:
            await self.withdraw(self.run.approval_id)
        if self.records:
            await self.uow.activity.append(Stream("ticket", self.ticket.id), self.records)
        self.run = await self.uow.runs.save(replace(self.run, playbook=self.playbook.version), self.written)
        if self.leaves is not None:  # after the run: whoever takes the ticket is told what it has done
            self.ticket = await leave_to_people(
                self.ticket,
                self.leaves,
                run_id=self.run.id,
                playbook=self.playbook,
                around=self.around,
                uow=self.uow,
                now=self.now,
            )
        self.uow.emit(RunChanged(ticket_id=self.ticket.id, at=self.now))
        if not self.run.is_open and self.policy.earns is not None:
            self.uow.emit(OutcomeChanged(ticket_id=self.ticket.id, at=self.now))
        return self.run


async def open_book(
    run: Run, *, pending: Sequence[Step] = (), limits: Mapping[str, Limits], uow: UnitOfWork, now: datetime
) -> Book:
    """Inside a transaction, which holds the conversation and the ticket from here on. `pending`: steps that were made
    before, outside of it. Raises NotFound.
    """
    conversation = await uow.conversations.lock_of(run.ticket_id)
    ticket = await uow.tickets.lock(run.ticket_id)
    playbook = await uow.playbook()
    ground = await uow.grounds.of(ticket.id)
    around = await look_around(ticket, playbook, uow=uow)
    run = replace(run, customer_id=ticket.customer_id, conversation_id=conversation.id)
    return Book(run, ticket, conversation, playbook, ground, around, limits, uow, now, list(pending))


async def reopen(run_id: UUID, *, limits: Mapping[str, Limits], uow: UnitOfWork, now: datetime) -> Book:
    """The same for a run of which only the id is known: it is read once nobody else can change it."""
    book = await open_book(await uow.runs.get(run_id), limits=limits, uow=uow, now=now)
    held = book.run
    known = await uow.runs.get(run_id)
    book.run = replace(known, customer_id=held.customer_id, conversation_id=held.conversation_id)
    return book
