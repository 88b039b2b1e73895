"""What the use cases need from the world. `storage/` implements the unit of work, `connectors/` the channels.

A use case is one transaction: it enters the unit of work, and a clean exit commits everything it saved, recorded and
emitted. Nobody else commits.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from core.events import Event
from core.messages import Inbound, Limits, Outbound, RawRequest, Receipt, Received
from ticketing.activity.record import Entry, Record, Stream
from ticketing.approvals.ports import Approvals
from ticketing.attachments.attachment import Attachment
from ticketing.collaboration.ports import Links, Merges, Watchers
from ticketing.conversations.conversation import Conversation, Message, Revision
from ticketing.customers.ports import Customers
from ticketing.fields.ports import Fields
from ticketing.offers.ports import Offers
from ticketing.people.person import Person, Team
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.succession import Standing
from ticketing.playbook.version import Migration, Version
from ticketing.sla.ports import ClockHistories, ServiceLevels
from ticketing.sla.service_level import ServiceLevel
from ticketing.surveys.ports import Surveys
from ticketing.templates.template import Template
from ticketing.tickets.ticket import Ticket
from ticketing.triage.correction import Corrected, Reading
from ticketing.triage.record import AiContext, Said, TriageRecord
from ticketing.triage.suggestion import BurstMessage, KnownTicket

Parse = Callable[[RawRequest], tuple[Received, ...]]


class ChannelSender(Protocol):
    """The part of a connector that the outbox needs."""

    limits: Limits

    async def send(self, message: Outbound) -> Receipt: ...


Channels = Mapping[str, ChannelSender]


class OpenFile(Protocol):
    """A file that is being fetched."""

    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


class FileSource(Protocol):
    """The part of a connector that fetches customers' files. Which errors it raises stands in its own contract."""

    def fetch(self, source: str, *, most: int) -> AbstractAsyncContextManager[OpenFile]: ...


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A provider's event as it stands in the inbox."""

    id: int
    channel: str
    request: RawRequest
    received_at: datetime
    settled: bool


class Inbox(Protocol):
    async def lock(self, inbox_id: int) -> StoredEvent:
        """Raises NotFound once the event has been pruned."""
        ...

    async def settle(self, inbox_id: int, outcome: str, *, note: str, at: datetime) -> None:
        """`outcome`: filed | unreadable | unmatched | ignored | blocked, with the sender's address as `note`."""
        ...

    async def release_blocked(self, channel: str, address: str) -> Sequence[int]:
        """This sender's blocked events count as not settled again; their ids, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """An address that somebody wrote from."""

    id: UUID
    channel: str
    address: str
    blocked_at: datetime | None
    blocked_by: str | None  # their name


class Senders(Protocol):
    async def is_blocked(self, channel: str, address: str) -> bool:
        """Unlocked."""
        ...

    async def lock(self, channel: str, address: str) -> Sender:
        """Raises NotFound: nobody has written from there."""
        ...

    async def save(self, sender: Sender) -> None: ...

    async def move(self, channel: str, address: str, to: str) -> None:
        """Their address is another one now, unless somebody has written from there already."""
        ...


class Conversations(Protocol):
    async def open_for(self, message: Inbound, *, at: datetime) -> Conversation:
        """This sender's conversation on this account, locked, whatever its state; made, with its customer, if new."""
        ...

    async def open_with(
        self, channel: str, account: str, address: str, name: str | None, *, at: datetime
    ) -> Conversation:
        """The same with an address that need not have written. `name`: of a customer who is new."""
        ...

    async def only_account(self, channel: str) -> str | None:
        """Our address that customers write to on this channel; None: there are several, or none has written."""
        ...

    async def lock(self, conversation_id: UUID) -> Conversation:
        """Locked before its tickets, by everybody: that order is what keeps transactions from waiting in a circle."""
        ...

    async def lock_of(self, ticket_id: UUID) -> Conversation:
        """The ticket's conversation, locked before the ticket. Raises NotFound."""
        ...

    async def lock_with(self, message_id: UUID) -> Conversation:
        """The message's conversation, locked before the message. Raises NotFound."""
        ...

    async def get(self, conversation_id: UUID) -> Conversation: ...

    async def lock_at(self, channel: str, account: str, address: str) -> Conversation | None:
        """The conversation with whoever has this address."""
        ...

    async def move(self, conversation: Conversation, to: str) -> bool:
        """Its customer's address is another one now. Where a conversation has that one already, it is only written to
        there. False: it was so already. Locked by the caller.
        """
        ...

    async def others_of(self, customer_id: UUID, *, but: UUID) -> Sequence[UUID]:
        """The customer's other conversations, the one they wrote in last first. Not locked."""
        ...

    async def lock_all_of(self, channel: str, address: str) -> Sequence[Conversation]:
        """This sender's conversations on all our accounts, locked in the order of their ids."""
        ...

    async def save(self, conversation: Conversation) -> None: ...

    async def has_light_card(self, conversation_id: UUID) -> bool:
        """Whether a light card of it stands in Slack, or may. Asked while the conversation is locked."""
        ...

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        """The conversation whose light card stood there, which counts as not posted now."""
        ...

    async def to_prompt(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those whose people are to be told now that the window is closing, the longest due first. Not locked."""
        ...

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Snoozed ones whose time has come, at most so many, the longest due first. Not locked."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of a conversation that are still to be understood, oldest first, and its version at that moment."""

    version: int
    messages: tuple[BurstMessage, ...]
    ai_is_on: bool


class Messages(Protocol):
    async def add(self, message: Message) -> bool:
        """False if a message of the same key or request is there already; nothing is changed then."""
        ...

    async def lock(self, message_id: UUID) -> Message: ...

    async def lock_parts(self, message_id: UUID) -> Sequence[Message]:
        """All messages of the reply that this one belongs to, in the order they are sent. Raises NotFound."""
        ...

    async def lock_by_key(self, key: str) -> Message | None: ...

    async def by_key(self, key: str) -> Message | None:
        """Unlocked."""
        ...

    async def revise(self, message: Message, earlier: Revision | None) -> bool:
        """Save the locked message's words and keep earlier ones; it is to be shown again wherever it is shown.

        False: the earlier words of that instant are kept already, and nothing is changed.
        """
        ...

    async def answered(self, conversation_id: UUID, *, since: datetime, until: datetime) -> str | None:
        """Who wrote the newest reply in between that was not taken back and did not fail. Machines do not answer."""
        ...

    async def by_request(self, request: str) -> Message | None:
        """What this pressing of Send wrote, unlocked."""
        ...

    async def replied_since(self, conversation_id: UUID, since: datetime, *, but: UUID | None) -> Message | None:
        """The newest reply that somebody else than this person has written after `since`, unlocked."""
        ...

    async def save_delivery(self, message: Message) -> None:
        """All that changes on a reply's way; and the message is to be shown again wherever it is shown."""
        ...

    async def stands_behind(self, of: Message, *, since: datetime, sending_since: datetime) -> bool:
        """Whether an earlier reply of its conversation is still to leave, or is leaving just now.

        One written before `since`, or being sent since before `sending_since`, holds up nobody.
        """
        ...

    async def broken_off(self, of: Message) -> bool:
        """Whether an earlier part of its reply failed, and was not sent again."""
        ...

    async def first_waiting(self, conversation_id: UUID) -> Message | None:
        """The oldest pending reply of the conversation, unlocked."""
        ...

    async def customer_wrote_last(self, conversation_id: UUID) -> bool:
        """Whether nobody has answered them since. What failed is no answer, nor is being told of closed hours."""
        ...

    async def waiting_for_triage(self, conversation_id: UUID) -> Waiting | None:
        """None: nothing waits."""
        ...

    async def mark_triaged(self, message_ids: Collection[UUID]) -> None: ...

    async def unticketed(self, conversation_id: UUID, *, since: datetime) -> Sequence[UUID]:
        """Messages in and out from then on that stand in no ticket's room: the newest few, oldest first."""
        ...

    async def tickets_of(self, message_id: UUID) -> Sequence[UUID]:
        """The tickets in whose rooms the message stands."""
        ...


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a file belongs to: a message of a conversation, or a comment on a ticket."""

    message_id: UUID | None
    conversation_id: UUID | None
    ticket_id: UUID | None  # the comment's


class Attachments(Protocol):
    async def add(self, file: Attachment) -> bool:
        """False if its message or comment has one at its position already, or its request was answered before."""
        ...

    async def get(self, file_id: UUID) -> Attachment:
        """Unlocked. Raises NotFound."""
        ...

    async def lock(self, file_id: UUID) -> Attachment:
        """Raises NotFound."""
        ...

    async def save(self, file: Attachment) -> None:
        """What became of it; and it is to be shown again wherever it is shown."""
        ...

    async def where(self, file_id: UUID) -> Whereabouts:
        """Raises NotFound."""
        ...

    async def by_request(self, request: str) -> UUID | None:
        """What this act of giving gave."""
        ...

    async def take(self, file_ids: Sequence[UUID], *, at: datetime) -> None:
        """A message or a comment has them from then on."""
        ...

    async def hold(self, sha256: str) -> None:
        """Until the end of the transaction, this content is not removed from the file store."""
        ...


class Tickets(Protocol):
    async def next_number(self) -> int: ...

    async def add(self, ticket: Ticket, *, request: str | None) -> bool:
        """False if the same request has opened a ticket already; nothing is changed then."""
        ...

    async def save(self, ticket: Ticket, *, clocks: ServiceLevel | None = None) -> None:
        """`clocks`: its clocks, where they changed as well."""
        ...

    async def lock(self, ticket_id: UUID) -> Ticket:
        """Raises NotFound."""
        ...

    async def lock_all(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        """Locked in the order of their numbers. Raises NotFound if one is not there."""
        ...

    async def lock_live(self, *, after: int, most: int) -> Sequence[Ticket]:
        """Those with a higher number on which somebody still owes work, in the order of their numbers."""
        ...

    async def lock_free(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        """Those of them that nobody else has locked, locked in the order of their numbers."""
        ...

    async def numbered(self, number: int) -> UUID:
        """The id of the ticket with this number, also of one that counts nowhere. Raises NotFound."""
        ...

    async def to_remind(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those whose due date has come and of which nobody has been reminded, the longest due first. Not locked."""
        ...

    async def lock_recent(self, conversation_id: UUID) -> Sequence[Ticket]:
        """All live tickets of the conversation and the newest others, locked in the order of their numbers.

        Not those that were discarded or merged into others: they count nowhere.
        """
        ...

    async def lock_concerned(self, conversation_id: UUID) -> Sequence[Ticket]:
        """The same, and tickets of the customer's other conversations that tickets of this one were merged into:
        what is written here may go on there.
        """
        ...

    async def to_move_on(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those that were long enough in their status, at most so many, the longest due first. Not locked."""
        ...

    async def lock_standing(self, place: Standing, *, after: int, most: int) -> Sequence[Ticket]:
        """So many of those that stand there with a number above `after`, locked, in the order of their numbers.

        Of several only those that nobody else has locked; for a single one it is waited.
        """
        ...

    async def lock_mistimed(
        self, place: Standing, lasts: timedelta | None, *, now: datetime, after: int, most: int
    ) -> Sequence[Ticket]:
        """The same, of those whose `moves_on_at` is not one that `moving_on.py` gives. `lasts`: the time after which
        tickets leave that status by themselves. Merged ones leave none.
        """
        ...

    async def known(self, conversation_id: UUID) -> Sequence[KnownTicket]:
        """The tickets that messages of the conversation may concern, as a brain may know them, unlocked."""
        ...


@dataclass(frozen=True, slots=True)
class Comment:
    """What the team writes on a ticket. The customer never sees it."""

    id: UUID
    ticket_id: UUID
    author_id: UUID
    text: str
    at: datetime
    source: str | None  # where it was written, e.g. "slack:C01:1700000000.000100": the same source is the same comment


@dataclass(frozen=True, slots=True)
class Attribution:
    """A customer's message in the room of one ticket."""

    ticket_id: UUID
    number: int
    message_id: UUID
    concerns: bool  # False: it belongs to the conversation, not to this ticket in particular
    moved_to: UUID | None  # the ticket that it belongs to instead
    moved_to_number: int | None
    moved_by: str | None


class Room(Protocol):
    """A ticket's room: what is shown in its thread, in order."""

    async def add_messages(
        self, ticket_id: UUID, message_ids: Sequence[UUID], *, concerns: bool, at: datetime
    ) -> None: ...

    async def add_comment(self, comment: Comment, *, shown: bool) -> bool:
        """False if its source is known already. `shown`: it was written in the thread itself."""
        ...

    async def entry(self, entry_id: UUID) -> Attribution:
        """Unlocked. Raises NotFound: there is no such entry, or it is nothing that the customer wrote."""
        ...

    async def attributions(self, message_id: UUID) -> Sequence[Attribution]:
        """Every room that shows the message or showed it once."""
        ...

    async def concerns(self, message_id: UUID) -> bool:
        """Whether a reply is about the tickets in whose rooms it stands, not about the conversation."""
        ...

    async def attribute(self, message_id: UUID, ticket_ids: Sequence[UUID], *, concerns: bool, at: datetime) -> None:
        """The message stands in these rooms (again)."""
        ...

    async def move_away(self, message_id: UUID, ticket_ids: Sequence[UUID], *, to: UUID, by: UUID) -> None:
        """In these rooms a line says that person `by` moved it to ticket `to`."""
        ...

    async def has_replies(self, ticket_id: UUID) -> bool:
        """Whether a person has answered the customer about this ticket."""
        ...

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        """The ticket whose card stood there; the card and all below it count as never shown. None: there was none."""
        ...


class Activity(Protocol):
    async def entries(self, stream: Stream) -> Sequence[Entry]:
        """The whole of it, in order."""
        ...

    async def append_all(self, records: Mapping[Stream, Sequence[Record]]) -> None:
        """To many streams that have begun, in as few statements as for one."""
        ...

    async def append(
        self, stream: Stream, records: Sequence[Record], *, new: bool = False, clocks: ServiceLevel | None = None
    ) -> None:
        """Continue the stream's chain. `new`: the caller has just created what the stream is about.

        `clocks`: those of the ticket that the stream is about, where the records change them; they are saved as well.
        """
        ...

    async def says(self, stream: Stream, kind: str, after: Mapping[str, str]) -> bool:
        """Whether a record of this kind in the stream says this, among other things. Reads the stream."""
        ...


class Templates(Protocol):
    """The templates that providers know."""

    async def of(self, channel: str, *, lock: bool = False) -> Sequence[Template]:
        """By name and language. Those that are gone, too."""
        ...

    async def get(self, template_id: UUID) -> Template:
        """Raises NotFound."""
        ...

    async def fallback(self, channel: str) -> Template | None:
        """The one that takes the words that the window did not let through, if it is approved."""
        ...

    async def save(self, templates: Sequence[Template]) -> None:
        """Each by its channel and the provider's id: a new one is added. `is_fallback` and `id` stay what they were."""
        ...

    async def mark_fallback(self, channel: str, template_id: UUID | None) -> None: ...


class Triages(Protocol):
    async def add(self, record: TriageRecord) -> None: ...

    async def add_context(self, context: AiContext) -> None: ...

    async def not_taken_up(self, conversation_id: UUID, *, since: datetime | None) -> Said | None:
        """The newest that names an issue, of those since then; without an instant the newest of all, or none.

        None where a ticket stands for it, or a message it was read from has been edited since.
        """
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch for the whole desk."""

    is_on: bool
    since: datetime


class Switches(Protocol):
    async def ai(self) -> Switch: ...

    async def turn_ai(self, *, on: bool, at: datetime) -> bool:
        """False if it was so already."""
        ...


class Corrections(Protocol):
    async def add(self, corrected: Corrected) -> None: ...

    async def reading_of_ticket(self, ticket_id: UUID) -> Reading | None:
        """What the ticket was opened from. None: no brain has said anything about it."""
        ...

    async def newest_reading(self, conversation_id: UUID) -> Reading | None:
        """What was said of the customer's newest messages. None: no brain has been asked."""
        ...

    async def reading_of_message(self, message_id: UUID, conversation_id: UUID) -> Reading:
        """The message alone, with what was said when it was understood."""
        ...


class People(Protocol):
    async def get(self, person_id: UUID) -> Person: ...

    async def by_email(self, email: str) -> Person | None: ...

    async def add(self, person: Person) -> bool:
        """False if the e-mail is taken."""
        ...

    async def all(self) -> Sequence[Person]: ...

    async def teams(self) -> Sequence[Team]: ...

    async def add_team(self, team: Team) -> bool:
        """False if the name is taken. A default team takes that role from the one before."""
        ...

    async def save_team(self, team: Team) -> None: ...

    async def join(self, person_id: UUID, team_id: UUID) -> None: ...


class Versions(Protocol):
    """The playbook's versions, and what tickets make of them."""

    async def newest(self) -> int:
        """The number of the version in force. 0: none was ever applied."""
        ...

    async def get(self, number: int) -> Version:
        """Raises NotFound."""
        ...

    async def add(self, version: Version) -> bool:
        """False if there is one of this number. Waits for whoever adds it at the same time."""
        ...

    async def standing(self) -> Sequence[Standing]:
        """How many tickets stand in which status, by type. Reads every ticket."""
        ...

    async def add_migration(self, migration: Migration) -> None: ...

    async def migration(self, number: int) -> Migration | None:
        """None: nobody kept how far it is."""
        ...

    async def count_moved(self, number: int, tickets: int) -> None:
        """So many more followed this version. Ask last: others who move tickets wait here."""
        ...

    async def end_migration(self, number: int, *, at: datetime) -> None:
        """Everything follows it. The first end counts."""
        ...

    async def writers(self) -> frozenset[str]:
        """Other transactions in this database that hold a row or have written one, each by a name of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who has a form for a reply open."""

    name: str
    since: datetime


class Replying(Protocol):
    """Who has a form for a reply open."""

    async def begin(self, conversation_id: UUID, person_id: UUID, *, at: datetime, after: datetime) -> Sequence[Writer]:
        """Note this person; the others who began after `after`, the longest first. One statement."""
        ...

    async def end(self, conversation_id: UUID, person_id: UUID, *, until: datetime) -> None:
        """Forget this person, if they began by `until`."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it cleanly commits; an exception rolls everything back, jobs included."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def senders(self) -> Senders: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def room(self) -> Room: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def triages(self) -> Triages: ...
    @property
    def corrections(self) -> Corrections: ...
    @property
    def switches(self) -> Switches: ...
    @property
    def people(self) -> People: ...
    @property
    def replying(self) -> Replying: ...
    @property
    def watchers(self) -> Watchers: ...
    @property
    def links(self) -> Links: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def surveys(self) -> Surveys: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def fields(self) -> Fields: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def service_levels(self) -> ServiceLevels: ...
    @property
    def clock_histories(self) -> ClockHistories: ...

    async def playbook(self) -> Playbook:
        """The process in force, as of the first time that it is asked: read tickets before it, not after."""
        ...

    def emit(self, event: Event) -> None:
        """Tell whoever `app/subscriptions.py` names, after the commit."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


StartWork = Callable[[], UnitOfWork]
