"""What becomes of a conversation whose burst is understood: who owes something, who has it, what its customer hears."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from ticketing.activity.record import Record, Stream
from ticketing.conversations.acknowledge import acknowledgement, owed
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.prompt import hours_of, with_prompt
from ticketing.conversations.state import Change, carried_by_ticket, pass_to_people, resolve
from ticketing.people.actor import AI, SYSTEM
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged
from ticketing.tickets.ticket import Ticket
from ticketing.triage.decide import Decision, PassToPeople, Reopen, Rules, StayResolved
from ticketing.triage.suggestion import Suggestion


@dataclass(frozen=True, slots=True)
class After:
    """`live` are the tickets that were live before, `rooms` those that are now, which are of these `types`."""

    before: Conversation
    said: Suggestion
    decisions: Sequence[Decision]
    live: Sequence[Ticket]
    rooms: Sequence[UUID]
    types: Collection[str]
    triage_id: UUID

    async def save(self, since: datetime, *, rules: Rules, uow: UnitOfWork, now: datetime) -> None:
        """Whoever waits for people waits since then."""
        before = self.before
        # Whoever held the conversation for issues that are all settled does not hold the next one.
        at_work = self.live or before.awaiting_since or any(isinstance(decision, Reopen) for decision in self.decisions)
        assignee_id = before.assignee_id if at_work else None
        records = []
        if assignee_id != before.assignee_id:
            was = {"assignee": str(before.assignee_id)}
            records.append(Record("conversation.released", SYSTEM, now, was, {"assignee": None}))
        change = self._life(since, now)
        if change.record is not None:
            records.append(change.record)
        if records:
            await uow.activity.append(Stream("conversation", before.id), records)
        back = self._people_are_back(rules, now)
        told = back or before.acknowledged_until
        version = before.version + 1
        after = replace(
            with_prompt(change.conversation, rules, now, hours_of(self.types, await uow.playbook())),
            assignee_id=assignee_id,
            version=version,
            acknowledged_until=told,
        )
        await uow.conversations.save(after)
        if back is not None:
            await self._acknowledge(back, rules, uow, now)
        if before.awaiting_since is not None or change.record is not None:
            uow.emit(ConversationChanged(conversation_id=before.id, at=now))

    def _people_are_back(self, rules: Rules, now: datetime) -> datetime | None:
        """When, if the customer waits for people and is to be told so; None: nothing is to be said."""
        waits = self.said.ticket_worthy or self.said.awaits_answer
        taken_up = any(not isinstance(decision, StayResolved) for decision in self.decisions) or bool(self.rooms)
        return owed(self.before, rules.hours, now) if waits and taken_up else None

    async def _acknowledge(self, back: datetime, rules: Rules, uow: UnitOfWork, now: datetime) -> None:
        # Who writes three mails is told once, though each is a conversation.
        told = self.before.customer_id if self.before.thread else self.before.id
        await put_in_outbox(
            [Part(acknowledgement(self.said.language, back, rules.hours))],
            self.before,
            rooms=self.rooms,
            concerns=False,
            by=SYSTEM,
            request=f"acknowledged:{told}:{back.isoformat()}",
            undo=timedelta(),
            uow=uow,
            now=now,
        )

    def _life(self, since: datetime, now: datetime) -> Change:
        """Who owes something after this: people, a ticket, or nobody."""
        conversation, why = self.before, {"triage": str(self.triage_id)}
        if any(isinstance(decision, PassToPeople) for decision in self.decisions):
            return pass_to_people(conversation, since, by=AI, at=now, **why)
        if self.rooms:  # of live tickets, those just opened or reopened among them
            return carried_by_ticket(conversation, by=AI, at=now)
        if conversation.awaiting_since is not None:  # an "ok" while it waits for people
            return Change(conversation)
        return resolve(conversation, by=AI, at=now, **why)
