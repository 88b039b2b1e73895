"""Apply what a brain suggested, in one transaction, unless the conversation has moved on meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.collaboration.link import Link, LinkKind
from ticketing.collaboration.linking import record_link
from ticketing.conversations.conversation import Conversation
from ticketing.fields.auto_fill import Known, fill_more
from ticketing.fields.give import changes_of
from ticketing.people.actor import AI, SYSTEM, customer_acting
from ticketing.playbook.lifecycle import Status
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.tickets.by_itself import move_by_itself
from ticketing.tickets.events import CustomerReachChanged, MessageAttributed
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket
from ticketing.triage.conversation_after import After
from ticketing.triage.decide import Continue, Decision, Open, PassToPeople, Reopen, Rules, StayResolved, decide
from ticketing.triage.record import AiContext, TriageRecord, Trigger
from ticketing.triage.suggestion import Burst, Issue, Suggestion
from ticketing.triage.verdict import verdict


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
        tickets = await uow.tickets.lock_concerned(conversation.id) if understood.burst.known else []
        playbook = await uow.playbook()
        decisions = decide(understood.suggestion, understood.burst, tickets, rules=rules, playbook=playbook, now=now)
        await _Application(understood, conversation, tickets, rules, playbook, uow, now).carry_out(decisions)
        return True


class _Application:
    """One transaction's worth of carrying out decisions."""

    def __init__(
        self,
        understood: Understood,
        conversation: Conversation,
        tickets: Sequence[Ticket],
        rules: Rules,
        playbook: Playbook,
        uow: UnitOfWork,
        now: datetime,
    ) -> None:
        self.understood = understood
        self.conversation = conversation
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.live = [ticket for ticket in tickets if ticket.is_live]
        self.rooms = [ticket.id for ticket in self.live]  # whose teams see what belongs to no ticket in particular
        self.types = {ticket.type for ticket in self.live}  # of those tickets
        self.attributed: set[UUID] = set()
        self.concerned: set[UUID] = set()  # tickets of before that the customer wrote about
        self.exchanged: set[UUID] = set()  # … and which they went on with
        self.shown: set[UUID] = set()  # tickets whose cards are drawn anew
        self.rules = rules
        self.playbook = playbook
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
            led_to_it = await self.uow.messages.unticketed(self.conversation.id, since=since)
            for ticket_id in self.rooms:
                await self._show(ticket_id, (*led_to_it.said, *led_to_it.automatic), concerns=False)
        if self.conversation.channel in self.rules.windows:
            self._tell_the_others()
        await self._hear()
        await self.uow.messages.mark_triaged(message_ids)
        said, types = self.understood.suggestion, sorted(self.types)
        after = After(self.conversation, said, decisions, self.live, self.rooms, types, self.triage_id)
        since = self.understood.burst.messages[0].received_at
        await after.save(since, rules=self.rules, uow=self.uow, now=self.now)

    async def _hear(self) -> None:
        """How the customer sounds now, to the tickets that it concerns: to all of them, if to none in particular."""
        concerned = self.concerned or {ticket.id for ticket in self.live}
        if concerned:
            tone = self.understood.suggestion.tone
            await self.uow.tickets.heard(tone, of=concerned, exchanged=self.exchanged)

    def _tell_the_others(self) -> None:
        """The customer has written, so the cards of their other tickets, too, say a later end of the window."""
        for ticket in self.live:
            if ticket.id not in self.shown:
                self.uow.emit(CustomerReachChanged(ticket_id=ticket.id, at=self.now))

    async def _carry_out_one(self, decision: Decision) -> None:
        match decision:
            case Open(issue, trigger, follows):
                await self._open(issue, self.understood.instead or trigger, self.tickets[follows] if follows else None)
            case Continue(ticket_id, message_ids, issue):
                await self._continue(self.tickets[ticket_id], message_ids, issue)
            case Reopen(ticket_id, issue):
                await self._move_on(self.tickets[ticket_id], self._status(ticket_id).when_back)
                self.exchanged.add(ticket_id)
                self.rooms.append(ticket_id)
                self.types.add(self.tickets[ticket_id].type)
                await self._show(ticket_id, issue.message_ids, concerns=True)
                await self._fill(ticket_id, issue)
                await self._enrich(ticket_id, issue, Trigger.TRIAGE)
            case PassToPeople():
                pass  # it is the conversation's state that changes
            case StayResolved(ticket_id, message_ids):
                # The brain's own sentence stays with the triage: it may hold the customer's words, a chain may not.
                why = {"why": "the message asks for nothing", "triage": str(self.triage_id)}
                record = Record("reopen.declined", SYSTEM, self.now, {}, why)
                await self.uow.activity.append(Stream("ticket", ticket_id), [record])
                await self._show(ticket_id, message_ids, concerns=True)

    async def _open(self, issue: Issue, trigger: Trigger, follows: Ticket | None) -> None:
        """What takes up a closed ticket again goes to whoever had that one, unless a colleague has the conversation."""
        holder = self.conversation.assignee_id if self.live or self.conversation.awaiting_since else None
        new = NewTicket(issue.subject, issue.priority, issue.type, issue.category, issue.summary)
        ticket = await add_ticket(
            self.conversation,
            new,
            by=AI,
            assignee_id=holder or (follows.assignee_id if follows else None),
            follows=follows,
            known=self._known(issue),
            uow=self.uow,
            now=self.now,
        )
        assert ticket is not None, "only a request can have been answered before"
        if follows is not None:
            tie = Link.of(LinkKind.RELATES, ticket.id, follows.id)  # a new ticket closes no circle: nobody is held up
            await self.uow.links.add(tie, by=AI.name, at=self.now)
            await record_link("link.added", tie, by=AI, uow=self.uow, now=self.now)
        await self.uow.room.add_messages(ticket.id, issue.message_ids, concerns=True, at=self.now)
        self.attributed.update(issue.message_ids)
        self.rooms.append(ticket.id)
        self.types.add(ticket.type)
        await self._enrich(ticket.id, issue, trigger)

    async def _continue(self, ticket: Ticket, message_ids: tuple[UUID, ...], issue: Issue | None) -> None:
        await self._move_on(ticket, self._status(ticket.id).when_answered)
        self.exchanged.add(ticket.id)
        await self._show(ticket.id, message_ids, concerns=True)
        if issue is not None:
            await self._fill(ticket.id, issue)
            await self._enrich(ticket.id, issue, Trigger.TRIAGE)

    def _status(self, ticket_id: UUID) -> Status:
        ticket = self.tickets[ticket_id]
        return self.playbook.lifecycle(ticket.type).status(ticket.status)

    async def _move_on(self, ticket: Ticket, to: str | None) -> None:
        """Where its status sends a ticket whose customer writes; None: it stays."""
        if to is None:
            return
        customer = customer_acting(self.conversation.customer_id, "Customer")
        self.tickets[ticket.id] = await move_by_itself(
            self.tickets[ticket.id], to, by=customer, playbook=self.playbook, uow=self.uow, now=self.now
        )

    async def _show(self, ticket_id: UUID, message_ids: tuple[UUID, ...], *, concerns: bool) -> None:
        await self.uow.room.add_messages(ticket_id, message_ids, concerns=concerns, at=self.now)
        if concerns:
            self.attributed.update(message_ids)
            self.concerned.add(ticket_id)
        self.shown.add(ticket_id)
        self.uow.emit(MessageAttributed(ticket_id=ticket_id, at=self.now))

    async def _fill(self, ticket_id: UUID, issue: Issue) -> None:
        """Fields that are empty, or stale, hold what the issue says."""
        known = self._known(issue)
        filled = await fill_more(self.tickets[ticket_id], known, playbook=self.playbook, uow=self.uow, now=self.now)
        if filled.fields:
            self.tickets[ticket_id] = await save_change(*changes_of(filled, at=self.now), uow=self.uow)

    def _known(self, issue: Issue) -> Known:
        said = self.understood.suggestion
        return Known(
            self.conversation.channel,
            issue=issue,
            sentiment=said.sentiment,
            sentiment_confidence=said.sentiment_confidence,
        )

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
