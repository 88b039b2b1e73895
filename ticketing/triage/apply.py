"""Apply what a brain suggested, in one transaction, unless the conversation has moved on meanwhile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.conversations.acknowledge import acknowledgement, owed
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.prompt import with_prompt
from ticketing.conversations.state import Change, carried_by_ticket, pass_to_people, resolve
from ticketing.people.actor import AI, SYSTEM, customer_acting
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, move
from ticketing.tickets.events import ConversationChanged, MessageAttributed
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket
from ticketing.triage.decide import Continue, Decision, Open, PassToPeople, Reopen, Rules, StayResolved, decide
from ticketing.triage.record import AiContext, TriageRecord, Trigger
from ticketing.triage.suggestion import Burst, Issue, Suggestion


@dataclass(frozen=True, slots=True)
class Understood:
    """A burst with what a brain made of it, and the version of the conversation that it was read at.

    `instead`: what the tickets' AI context says instead, because no brain made anything of it.
    """

    conversation_id: UUID
    version: int
    burst: Burst
    suggestion: Suggestion
    took_ms: float
    instead: Trigger | None = None


async def apply_triage(understood: Understood, *, rules: Rules, uow: UnitOfWork, now: datetime) -> bool:
    """False if the conversation moved on since it was read: nothing was done, understand it again."""
    async with uow:
        conversation = await uow.conversations.lock(understood.conversation_id)
        if conversation.version != understood.version:
            return False
        # Whoever adds a ticket changes the version: where none was known there still is none.
        tickets = await uow.tickets.lock_recent(conversation.id) if understood.burst.known else []
        decisions = decide(understood.suggestion, understood.burst, tickets, rules=rules, now=now)
        await _Application(understood, conversation, tickets, rules, uow, now).carry_out(decisions)
        return True


class _Application:
    """One transaction's worth of carrying out decisions."""

    def __init__(
        self,
        understood: Understood,
        conversation: Conversation,
        tickets: Sequence[Ticket],
        rules: Rules,
        uow: UnitOfWork,
        now: datetime,
    ) -> None:
        self.understood = understood
        self.conversation = conversation
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.live = [t for t in tickets if rules.lifecycle.status(t.status).category.is_live]
        self.rooms = [ticket.id for ticket in self.live]  # whose teams see what belongs to no ticket in particular
        self.attributed: set[UUID] = set()
        self.rules = rules
        self.uow = uow
        self.now = now
        self.triage_id = understood.burst.triage_id or new_id()

    async def carry_out(self, decisions: Sequence[Decision]) -> None:
        message_ids = tuple(message.id for message in self.understood.burst.messages)
        await self._save_triage(message_ids, decisions)
        for decision in decisions:
            await self._carry_out_one(decision)
        rest = tuple(message_id for message_id in message_ids if message_id not in self.attributed)
        if rest:  # "Hello!" before the issue itself, or all of it: every open thread shows it (SPEC 5.2)
            for ticket_id in self.rooms:
                await self._show(ticket_id, rest, concerns=False)
        if self.rooms and (since := self.conversation.awaiting_since) is not None:  # what led to it, and our answers
            led_to_it = tuple(await self.uow.messages.unticketed(self.conversation.id, since=since))
            for ticket_id in self.rooms:
                await self._show(ticket_id, led_to_it, concerns=False)
        await self.uow.messages.mark_triaged(message_ids)
        await self._save_conversation(decisions)

    async def _save_conversation(self, decisions: Sequence[Decision]) -> None:
        before = self.conversation
        # Whoever held the conversation for issues that are all settled does not hold the next one.
        at_work = self.live or before.awaiting_since or any(isinstance(decision, Reopen) for decision in decisions)
        assignee_id = before.assignee_id if at_work else None
        records = []
        if assignee_id != before.assignee_id:
            was = {"assignee": str(before.assignee_id)}
            records.append(Record("conversation.released", SYSTEM, self.now, was, {"assignee": None}))
        change = self._life(decisions)
        if change.record is not None:
            records.append(change.record)
        if records:
            await self.uow.activity.append(Stream("conversation", before.id), records)
        back = self._people_are_back(decisions)
        told = back or before.acknowledged_until
        version = before.version + 1
        after = replace(
            with_prompt(change.conversation, self.rules, self.now),
            assignee_id=assignee_id,
            version=version,
            acknowledged_until=told,
        )
        await self.uow.conversations.save(after)
        if back is not None:
            await self._acknowledge(back)
        if before.awaiting_since is not None or change.record is not None:
            self.uow.emit(ConversationChanged(conversation_id=before.id, at=self.now))

    def _people_are_back(self, decisions: Sequence[Decision]) -> datetime | None:
        """When, if the customer waits for people and is to be told so; None: nothing is to be said."""
        suggestion = self.understood.suggestion
        waits = suggestion.ticket_worthy or suggestion.awaits_answer
        taken_up = any(not isinstance(decision, StayResolved) for decision in decisions) or bool(self.rooms)
        return owed(self.conversation, self.rules.hours, self.now) if waits and taken_up else None

    async def _acknowledge(self, back: datetime) -> None:
        await put_in_outbox(
            [Part(acknowledgement(self.understood.suggestion.language, back, self.rules.hours))],
            self.conversation,
            rooms=self.rooms,
            concerns=False,
            by=SYSTEM,
            request=f"acknowledged:{self.conversation.id}:{back.isoformat()}",
            undo=timedelta(),
            uow=self.uow,
            now=self.now,
        )

    def _life(self, decisions: Sequence[Decision]) -> Change:
        """Who owes something after this: people, a ticket, or nobody."""
        conversation, why = self.conversation, {"triage": str(self.triage_id)}
        if any(isinstance(decision, PassToPeople) for decision in decisions):
            since = self.understood.burst.messages[0].received_at
            return pass_to_people(conversation, since, by=AI, at=self.now, **why)
        if self.rooms:  # of live tickets, those just opened or reopened among them
            return carried_by_ticket(conversation, by=AI, at=self.now)
        if conversation.awaiting_since is not None:  # an "ok" while it waits for people
            return Change(conversation)
        return resolve(conversation, by=AI, at=self.now, **why)

    async def _carry_out_one(self, decision: Decision) -> None:
        match decision:
            case Open(issue, trigger):
                await self._open(issue, self.understood.instead or trigger)
            case Continue(ticket_id, message_ids, issue):
                await self._continue(self.tickets[ticket_id], message_ids, issue)
            case Reopen(ticket_id, issue):
                await self._move_on(self.tickets[ticket_id], self.rules.lifecycle.reopened)
                self.rooms.append(ticket_id)
                await self._show(ticket_id, issue.message_ids, concerns=True)
                await self._enrich(ticket_id, issue, Trigger.TRIAGE)
            case PassToPeople():
                pass  # it is the conversation's state that changes
            case StayResolved(ticket_id, message_ids):
                # The brain's own sentence stays with the triage: it may hold the customer's words, a chain may not.
                why = {"why": "the message asks for nothing", "triage": str(self.triage_id)}
                record = Record("reopen.declined", SYSTEM, self.now, {}, why)
                await self.uow.activity.append(Stream("ticket", ticket_id), [record])
                await self._show(ticket_id, message_ids, concerns=True)

    async def _open(self, issue: Issue, trigger: Trigger) -> None:
        new = NewTicket(issue.subject, issue.priority, issue.type, issue.category, issue.summary)
        ticket = await add_ticket(
            self.conversation,
            new,
            by=AI,
            assignee_id=self.conversation.assignee_id if self.live or self.conversation.awaiting_since else None,
            rules=self.rules.lifecycle,
            uow=self.uow,
            now=self.now,
        )
        assert ticket is not None, "only a request can have been answered before"
        await self.uow.room.add_messages(ticket.id, issue.message_ids, concerns=True, at=self.now)
        self.attributed.update(issue.message_ids)
        self.rooms.append(ticket.id)
        await self._enrich(ticket.id, issue, trigger)

    async def _continue(self, ticket: Ticket, message_ids: tuple[UUID, ...], issue: Issue | None) -> None:
        if self.rules.lifecycle.status(ticket.status).category is StatusCategory.PENDING:
            await self._move_on(ticket, self.rules.lifecycle.answered)
        await self._show(ticket.id, message_ids, concerns=True)
        if issue is not None:
            await self._enrich(ticket.id, issue, Trigger.TRIAGE)

    async def _move_on(self, ticket: Ticket, to: str) -> Changed:
        customer = customer_acting(self.conversation.customer_id, "Customer")
        change = move(self.tickets[ticket.id], to, by=customer, at=self.now, rules=self.rules.lifecycle)
        self.tickets[ticket.id] = await save_change(change, uow=self.uow)
        return change

    async def _show(self, ticket_id: UUID, message_ids: tuple[UUID, ...], *, concerns: bool) -> None:
        await self.uow.room.add_messages(ticket_id, message_ids, concerns=concerns, at=self.now)
        if concerns:
            self.attributed.update(message_ids)
        self.uow.emit(MessageAttributed(ticket_id=ticket_id, at=self.now))

    async def _enrich(self, ticket_id: UUID, issue: Issue, trigger: Trigger) -> None:
        suggestion = self.understood.suggestion
        context = AiContext(
            new_id(),
            ticket_id,
            self.triage_id,
            trigger,
            issue,
            suggestion.sentiment,
            suggestion.why,
            self.now,
        )
        await self.uow.triages.add_context(context)

    async def _save_triage(self, message_ids: tuple[UUID, ...], decisions: Sequence[Decision]) -> None:
        understood = self.understood
        record = TriageRecord(
            self.triage_id,
            self.conversation.id,
            message_ids,
            understood.suggestion,
            verdict(decisions, understood.suggestion),
            understood.took_ms,
            self.now,
        )
        await self.uow.triages.add(record)


_DONE = {
    Open: "opened {}",
    Continue: "continued {}",
    Reopen: "reopened {}",
    StayResolved: "left {} resolved",
    PassToPeople: "no ticket, passed to people",
}


def verdict(decisions: Sequence[Decision], suggestion: Suggestion) -> str:
    """What was done and why, in one sentence for people."""
    counts = Counter(_DONE[type(decision)] for decision in decisions)
    done = [verb.format("a ticket" if count == 1 else f"{count} tickets") for verb, count in counts.items()]
    return f"{', '.join(done).capitalize() or 'No ticket'}: {suggestion.why}"
