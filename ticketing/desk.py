"""The desk: one door for Slack, web, API, AI and clock. Binds each use case to its ports and reads the clock once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from core.ids import new_id
from core.messages import Limits, RemoteFile
from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.ask import ask_about
from ticketing.approvals.decide import decide_approval, require_may_decide
from ticketing.approvals.delegate import delegate, end_delegation
from ticketing.approvals.request import request_approval
from ticketing.collaboration.desk import Teamwork
from ticketing.conversations.block import Unblocked, block_conversations_sender, block_sender, unblock_sender
from ticketing.conversations.carry_files import give_files
from ticketing.conversations.claim import claim
from ticketing.conversations.compose import Words
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.first_message import Recipient, start_conversation
from ticketing.conversations.move_message import move_message, places_to_go, release_message, split_message
from ticketing.conversations.parts import GivenFile
from ticketing.conversations.ports import Writer
from ticketing.conversations.reply import Seen, reply, reply_to_conversation
from ticketing.conversations.replying import begin_reply, end_reply
from ticketing.conversations.set_state import resolve_conversation, snooze_conversation, wake_conversation
from ticketing.conversations.settle import confirm_arrival, send_again
from ticketing.conversations.withdraw import Withdrawn, withdraw
from ticketing.customers.customer import Custom, Customer, Merge
from ticketing.customers.import_batch import Imported, import_batch
from ticketing.customers.import_file import ImportLine
from ticketing.customers.merge import MergePreview, merge, preview_merge, undo_merge
from ticketing.customers.merge import Seen as SeenCustomers
from ticketing.customers.set_attributes import set_attributes
from ticketing.fields.form import FieldForm, field_form
from ticketing.fields.give import look_around
from ticketing.fields.set_fields import set_fields
from ticketing.fields.values import Raw
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.people.person import Person, Role, Team
from ticketing.people.register import add_person, add_team, set_intake
from ticketing.playbook.lifecycle import Status
from ticketing.playbook.playbook import Playbook
from ticketing.templates.manage import Synced, choose_fallback, sync_templates
from ticketing.templates.template import Template
from ticketing.tickets.assign import assign
from ticketing.tickets.card import TicketName
from ticketing.tickets.card_deleted import card_deleted
from ticketing.tickets.change_status import NOTHING, change_status
from ticketing.tickets.change_type import change_type
from ticketing.tickets.changes import transitions
from ticketing.tickets.comment import FROM_SLACK, comment
from ticketing.tickets.discard import discard, restore
from ticketing.tickets.open_ticket import NewTicket, open_ticket
from ticketing.tickets.set_priority import set_priority
from ticketing.tickets.status_form import StatusForm, status_form
from ticketing.tickets.ticket import Ticket
from ticketing.triage.decide import Rules
from ticketing.triage.ports import Switch
from ticketing.triage.suggestion import Priority
from ticketing.triage.switch import ai_switch, switch_ai


@dataclass(frozen=True, slots=True)
class Desk(Teamwork):
    """What people do. Every method is one transaction and raises leaves of Refused, with words for the person."""

    rules: Rules
    limits: Mapping[str, Limits]  # of each channel
    undo: timedelta = timedelta()  # how long a reply can be undone before it leaves
    zone: tzinfo = UTC  # whose mornings and evenings are the desk's

    async def playbook(self) -> Playbook:
        """The process in force."""
        async with self.start() as uow:
            return await uow.playbook()

    async def claim(self, conversation_id: UUID, *, by: Person, take_over: bool = False) -> list[Ticket]:
        """Make the conversation and its live tickets theirs. Raises AlreadyClaimed."""
        return await claim(conversation_id, by=by, take_over=take_over, uow=self.start(), now=self.clock())

    async def reply(
        self,
        ticket_id: UUID,
        words: Words,
        *,
        by: Person,
        request: str,
        files: Sequence[UUID] = (),
        then: str | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Write to the customer, words or a template filled in. `request` names the pressing of Send; `then`
        is the status to go to; `files` are of `give_files`.

        `seen` is what they were looking at while they wrote. Raises RepliedMeanwhile.
        """
        await reply(
            ticket_id,
            words,
            by=by,
            request=request,
            files=files,
            then=then,
            seen=seen,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def reply_to_conversation(
        self,
        conversation_id: UUID,
        words: Words,
        *,
        by: Person,
        request: str,
        files: Sequence[UUID] = (),
        seen: Seen | None = None,
    ) -> None:
        """Write to the customer about no ticket. `request`, `files` and `seen` as in `reply`."""
        await reply_to_conversation(
            conversation_id,
            words,
            by=by,
            request=request,
            files=files,
            seen=seen,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def give_files(
        self,
        remotes: Sequence[RemoteFile],
        conversation_id: UUID,
        *,
        beside: Sequence[UUID] = (),
        by: Person,
        request: str,
    ) -> list[GivenFile]:
        """Files in Slack for a reply in this conversation, after those `beside` them that were given before.

        `request` names the act: the same one twice gives the same files. Raises FileRefused: nothing was given.
        """
        return await give_files(
            remotes,
            conversation_id,
            beside=beside,
            channel=FROM_SLACK,
            by=by,
            request=request,
            limits=self.limits,
            start=self.start,
            clock=self.clock,
        )

    async def begin_reply(self, conversation_id: UUID, *, by: Person, at: datetime) -> Sequence[Writer]:
        """They have a form for a reply open since `at`; which colleagues have one too. Blocks nobody."""
        return await begin_reply(conversation_id, by=by, uow=self.start(), now=at)

    async def end_reply(self, conversation_id: UUID, *, by: Person, until: datetime) -> None:
        """They closed the form that they opened at `until` or before."""
        await end_reply(conversation_id, by=by, until=until, uow=self.start())

    async def withdraw(self, message_id: UUID, *, by: Person) -> Withdrawn:
        """Undo a reply that has not left yet, and have its text back. Raises TooLate."""
        return await withdraw(message_id, by=by, uow=self.start(), now=self.clock())

    async def confirm_arrival(self, message_id: UUID, *, by: Person) -> None:
        """They know that a reply of unknown fate arrived. Raises SettledMeanwhile."""
        await confirm_arrival(message_id, by=by, uow=self.start(), now=self.clock())

    async def send_again(self, message_id: UUID, *, by: Person) -> None:
        """The words of a reply that failed, or may have, once more. Raises SettledMeanwhile."""
        await send_again(
            message_id,
            by=by,
            undo=self.undo,
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def comment(
        self,
        ticket_id: UUID,
        text: str,
        *,
        by: Person,
        files: Sequence[RemoteFile] = (),
        source: str | None = None,
        in_thread: bool = False,
        mentions: Collection[UUID] = (),
    ) -> None:
        """Write to the team. `source` names where it was written; `in_thread`: it already stands in the thread.

        `files` are in Slack, and are fetched from there. Whom it names watches the ticket: "@Mia", or `mentions`.
        """
        await comment(
            ticket_id,
            text,
            by=by,
            files=files,
            source=source,
            in_thread=in_thread,
            mentions=mentions,
            uow=self.start(),
            now=self.clock(),
        )

    async def change_status(
        self,
        ticket_id: UUID,
        to: str,
        *,
        by: Person,
        note: str = "",
        given: Mapping[str, Raw] = NOTHING,
        seen: int | None = None,
    ) -> Ticket:
        """`given`: values for fields. Raises TransitionRefused, FieldsRefused, FieldsMissing, ChangedMeanwhile;
        ApprovalNeeded: then it can be asked for.
        """
        return await change_status(
            ticket_id,
            to,
            by=person_acting(by),
            note=note,
            given=given,
            seen=seen,
            uow=self.start(),
            now=self.clock(),
        )

    async def request_approval(
        self,
        ticket_id: UUID,
        to: str,
        why: str,
        *,
        by: Person,
        note: str = "",
        given: Mapping[str, Raw] = NOTHING,
        action: str | None = None,
        seen: int | None = None,
    ) -> Approval:
        """Ask that the ticket may go to `to`, which it then does by itself, with this note. `given` is kept at once.

        Raises as `change_status` does, NothingToApprove, NobodyToAsk.
        """
        return await request_approval(
            ticket_id,
            to,
            why,
            by=person_acting(by),
            note=note,
            given=given,
            action=action,
            seen=seen,
            uow=self.start(),
            now=self.clock(),
        )

    async def approvals_of(self, ticket_id: UUID) -> Sequence[Approval]:
        """Every approval that was ever asked for on this ticket, oldest first."""
        async with self.start() as uow:
            return await uow.approvals.of_ticket(ticket_id)

    async def approval(self, approval_id: UUID) -> Approval:
        """Raises NotFound."""
        async with self.start() as uow:
            return await uow.approvals.get(approval_id)

    async def may_decide(self, approval_id: UUID, *, by: Person) -> Approval:
        """Before a form is opened. Raises as `decide` would."""
        return await require_may_decide(approval_id, by=by, uow=self.start(), now=self.clock())

    async def decide(self, approval_id: UUID, verdict: Verdict, *, by: Person, reason: str = "") -> Approval:
        """Raises AlreadyDecided, ApprovalVoid, ApprovalExpired, ReasonMissing, PermissionRefused, NotFound."""
        return await decide_approval(
            approval_id, verdict, by=person_acting(by), reason=reason, uow=self.start(), now=self.clock()
        )

    async def ask(self, approval_id: UUID, text: str, *, by: Person, source: str | None = None) -> None:
        """A question before deciding, as a comment on the ticket. `source` names the form it was typed into."""
        await ask_about(approval_id, text, by=by, source=source, uow=self.start(), now=self.clock())

    async def delegate(self, email: str, to: str, until: datetime) -> None:
        """Until then, `to` decides what this person may decide. Raises NotFound, DelegationRefused."""
        await delegate(email, to, until, uow=self.start(), now=self.clock())

    async def end_delegation(self, email: str) -> bool:
        """False: they had no delegate."""
        return await end_delegation(email, uow=self.start(), now=self.clock())

    async def transitions(self, ticket_id: UUID, *, by: Person) -> Sequence[Status]:
        """The statuses they may put the ticket in now, for a menu. Raises PermissionRefused."""
        async with self.start() as uow:
            ticket = await uow.tickets.lock(ticket_id)
            playbook = await uow.playbook()
            around = await look_around(ticket, playbook, uow=uow)
        return transitions(ticket, by=person_acting(by), at=self.clock(), playbook=playbook, around=around)

    async def status_form(self, ticket_id: UUID, to: str, *, by: Person, given: Mapping[str, Raw]) -> StatusForm:
        """What going there asks for, with what was `given` for fields so far. It changes nothing."""
        actor = person_acting(by)
        return await status_form(ticket_id, to, by=actor, given=given, uow=self.start(), now=self.clock())

    async def set_fields(
        self, ticket_id: UUID, given: Mapping[str, Raw], *, by: Person, seen: int | None = None
    ) -> Ticket:
        """Values for fields, by key; None empties one. Raises FieldsRefused, FieldsMissing, ChangedMeanwhile."""
        return await set_fields(ticket_id, given, by=person_acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def field_form(self, ticket_id: UUID, given: Mapping[str, Raw], *, by: Person) -> FieldForm:
        """`given`: what a form holds so far. Raises PermissionRefused."""
        return await field_form(ticket_id, given, by=by, uow=self.start(), now=self.clock())

    async def set_priority(self, ticket_id: UUID, to: Priority, *, by: Person, seen: int | None = None) -> Ticket:
        return await set_priority(ticket_id, to, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def change_type(
        self, ticket_id: UUID, kind: str, category: str, *, by: Person, seen: int | None = None
    ) -> Ticket:
        return await change_type(ticket_id, kind, category, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def discard(self, ticket_id: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        """It was no ticket. Raises CorrectionRefused, ChangedMeanwhile."""
        return await discard(ticket_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def restore(self, ticket_id: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        """It was one after all."""
        return await restore(ticket_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def move_message(self, entry_id: UUID, to: UUID, *, by: Person) -> None:
        """The message of this entry of a room belongs to ticket `to`. Raises CorrectionRefused."""
        await move_message(entry_id, to, by=by, uow=self.start(), now=self.clock())

    async def split_message(self, entry_id: UUID, *, by: Person) -> Ticket:
        """The message becomes a ticket of its own. Raises CorrectionRefused."""
        return await split_message(entry_id, by=by, rules=self.rules, uow=self.start(), now=self.clock())

    async def release_message(self, entry_id: UUID, *, by: Person) -> None:
        """The message concerns no ticket in particular. Raises CorrectionRefused."""
        await release_message(entry_id, by=by, uow=self.start(), now=self.clock())

    async def places_to_go(self, entry_id: UUID, *, by: Person) -> Sequence[TicketName]:
        """The tickets it could be moved to, for a menu. Raises CorrectionRefused: there is none."""
        tickets = await places_to_go(entry_id, by=by, uow=self.start())
        return [TicketName(ticket.id, ticket.number, ticket.subject) for ticket in tickets]

    async def assign(self, ticket_id: UUID, to: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        return await assign(ticket_id, to, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def open_ticket(
        self,
        conversation_id: UUID,
        new: NewTicket,
        *,
        by: Person,
        request: str | None = None,
        beside_others: bool = True,
    ) -> Ticket | None:
        """`request` names the submission of a form: the same one twice is one ticket, and None.

        `beside_others`: also where one is open already. Raises CarriedByTicket.
        """
        return await open_ticket(
            conversation_id,
            new,
            by=by,
            request=request,
            beside_others=beside_others,
            rules=self.rules,
            uow=self.start(),
            now=self.clock(),
        )

    async def card_deleted(self, channel: str, ts: str) -> None:
        """A message was deleted in Slack: if it was a ticket's card, it is shown anew."""
        await card_deleted(channel, ts, uow=self.start(), now=self.clock())

    async def block_conversations_sender(self, conversation_id: UUID, *, by: Person) -> bool:
        """Keep apart what they send from now on. False: they were blocked already."""
        actor = person_acting(by)
        return await block_conversations_sender(conversation_id, by=actor, uow=self.start(), now=self.clock())

    async def block_sender(self, channel: str, address: str, *, by: Person | None = None) -> bool:
        """The same by address; `by` None: at the command line. Raises NotFound."""
        actor = person_acting(by) if by else SYSTEM
        return await block_sender(channel, address, by=actor, uow=self.start(), now=self.clock())

    async def unblock_sender(self, channel: str, address: str, *, file: bool, by: Person | None = None) -> Unblocked:
        """`file`: what was kept apart meanwhile is filed after all. Raises NotFound, PermissionRefused."""
        actor = person_acting(by) if by else SYSTEM
        return await unblock_sender(channel, address, by=actor, file=file, uow=self.start(), now=self.clock())

    async def snooze(self, conversation_id: UUID, until: datetime, *, by: Person) -> Conversation:
        """Raises SnoozeRefused."""
        return await snooze_conversation(conversation_id, until, by=by, uow=self.start(), now=self.clock())

    async def wake(self, conversation_id: UUID, *, by: Person) -> Conversation:
        return await wake_conversation(conversation_id, by=by, uow=self.start(), now=self.clock())

    async def resolve(self, conversation_id: UUID, *, by: Person) -> Conversation:
        """Raises CarriedByTicket."""
        return await resolve_conversation(conversation_id, by=by, uow=self.start(), now=self.clock())

    async def start_conversation(self, to: Recipient, words: Words, *, request: str, by: Person | None = None) -> UUID:
        """A first message to a customer; the conversation's id. `by` None: at the command line.

        Raises TemplateRefused, WindowClosed, NotFound (which of our addresses?).
        """
        return await start_conversation(
            to,
            words,
            by=by,
            request=request,
            undo=self.undo if by else timedelta(),
            limits=self.limits,
            zone=self.zone,
            uow=self.start(),
            now=self.clock(),
        )

    async def templates(self, channel: str) -> Sequence[Template]:
        """What the provider knows, by name and language. Those that are gone, too."""
        async with self.start() as uow:
            return await uow.templates.of(channel)

    async def sync_templates(self, channel: str, found: Sequence[Template]) -> Synced:
        """The desk knows these from now on, which is all that the provider has."""
        return await sync_templates(channel, found, uow=self.start(), now=self.clock())

    async def choose_fallback(self, channel: str, name: str | None, language: str | None = None) -> Template | None:
        """Which template takes the words that the window does not let through. Raises NotFound, TemplateRefused."""
        return await choose_fallback(channel, name, language, uow=self.start())

    async def set_attributes(
        self, customer_id: UUID, to: Mapping[str, Custom | None], *, by: Person | None = None, seen: int | None = None
    ) -> Customer:
        """Attributes by name; None takes one away. `by` None: at the command line. Raises AttributeRefused."""
        return await set_attributes(customer_id, to, by=_acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def import_customers(
        self, lines: Sequence[ImportLine], *, dry_run: bool, by: Person | None = None
    ) -> Imported:
        """One batch of a file, in one transaction."""
        return await import_batch(lines, by=_acting(by), dry_run=dry_run, uow=self.start(), now=self.clock())

    async def preview_merge(self, survivor: UUID, absorbed: UUID, *, by: Person | None = None) -> MergePreview:
        """What a merge would do. Raises MergeRefused."""
        return await preview_merge(survivor, absorbed, by=_acting(by), uow=self.start())

    async def merge_customers(
        self, survivor: UUID, absorbed: UUID, *, by: Person | None = None, seen: SeenCustomers | None = None
    ) -> Merge:
        """Raises MergeRefused, CustomerChangedMeanwhile."""
        return await merge(survivor, absorbed, by=_acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def undo_merge(self, merge_id: UUID, *, by: Person | None = None) -> Merge:
        """Raises MergeRefused: a newer merge stands on it."""
        return await undo_merge(merge_id, by=_acting(by), uow=self.start(), now=self.clock())

    async def switch_ai(self, *, on: bool) -> bool:
        """False if it was so already."""
        return await switch_ai(on=on, uow=self.start(), now=self.clock())

    async def ai_switch(self) -> Switch:
        return await ai_switch(uow=self.start())

    async def person_by_email(self, email: str) -> Person | None:
        """Who of the desk has this address, however it is spelled."""
        async with self.start() as uow:
            return await uow.people.by_email(email.strip().lower())

    async def people(self) -> Sequence[Person]:
        async with self.start() as uow:
            return await uow.people.all()

    async def teams(self) -> Sequence[Team]:
        async with self.start() as uow:
            return await uow.people.teams()

    async def add_person(self, name: str, email: str, role: Role, team: str | None = None) -> Person:
        """`team` is a name. Raises EmailTaken, NotFound."""
        return await add_person(new_id(), name, email, role, team, uow=self.start(), now=self.clock())

    async def add_team(self, name: str, slack_channel: str | None, *, is_default: bool = False) -> Team:
        """A name that exists gets the channel. The first team is the default one."""
        return await add_team(new_id(), name, slack_channel, is_default, uow=self.start(), now=self.clock())

    async def set_intake(self, slack_channel: str | None) -> Team:
        """The Slack channel of conversations without a ticket; None: the default team's. Raises NotFound."""
        return await set_intake(slack_channel, uow=self.start(), now=self.clock())


def _acting(by: Person | None) -> Actor:
    """Without a person: at the command line."""
    return person_acting(by) if by else SYSTEM
