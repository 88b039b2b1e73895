"""What a ticket's card and room show: the read models that doors render. Values only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.ids import new_id
from core.messages import Delivery, Party
from ticketing.approvals.shown import ShownApproval, WaitingApproval
from ticketing.attachments.attachment import ShownFile
from ticketing.escalation.escalation import Escalation
from ticketing.mails.shown import ShownMail
from ticketing.playbook.lifecycle import Status
from ticketing.resolution.shown import ShownRun
from ticketing.sla.shown import ShownClock
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority, Sentiment, Vocabulary


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the AI understood last, for people, and what it has done about the ticket so far."""

    trigger: Trigger
    why: str
    summary: str
    intent: str
    confidence: float
    sentiment: Sentiment
    entities: tuple[tuple[str, str], ...]  # (kind, value)
    sentiment_then: Sentiment | None = None  # the first time. None: there was one time only
    opened_because: Trigger | None = None  # None: a person opened the ticket
    times: int = 1  # so often it has understood something about it


class TroubleAbout(StrEnum):
    """What it is that did not arrive."""

    REPLY = "reply"  # a person's
    PROPOSAL = "proposal"  # the offer that the customer should answer
    AUTOMATIC = "automatic"  # another message of the playbook's


@dataclass(frozen=True, slots=True)
class Trouble:
    """A person's reply that did not arrive, or may not have; or what the playbook sent when the ticket came here."""

    message_id: UUID
    delivery: Delivery  # failed | unknown
    words: str
    resendable: bool
    about: TroubleAbout = TroubleAbout.REPLY


@dataclass(frozen=True, slots=True)
class ShownField:
    """A custom field with a value, for people."""

    label: str
    text: str
    stale: bool  # the message that it came from was changed since
    by_ai: bool = False  # read in what the customer wrote, and confirmed by nobody yet


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket as its card shows it."""

    ticket_id: UUID
    conversation_id: UUID
    number: int
    version: int
    subject: str
    type: str  # label
    category: str  # label
    vocabulary: Vocabulary  # what it could be instead
    status: Status
    priority: Priority
    customer: str
    channel: str
    assignee: str | None
    assignee_email: str | None
    team: str | None
    opened_at: datetime
    understanding: Understanding | None  # None: opened by hand
    comments: int
    trouble: Trouble | None  # of the newest reply that a person wrote: its first part that did not arrive
    last_words: str | None = None  # the customer's newest message on this ticket
    discarded_by: str | None = None  # who said that it was none
    merged_into: int | None = None  # the number of the ticket that goes on with it
    tier: str | None = None  # the customer's
    unreachable_since: datetime | None = None  # the customer takes no messages of ours
    answer_until: datetime | None = None  # they can be answered freely until then. None: always
    came_from: str | None = None  # what the link carried that led them here; their words
    score: int | None = None  # the customer's newest rating, 1 to 5
    files: int = 0  # in its room, the customer's and the team's
    fields: tuple[ShownField, ...] = ()  # that are there and have a value
    has_fields: bool = False  # there is something to fill in
    clocks: tuple[ShownClock, ...] = ()  # that have not stopped
    waiting: WaitingApproval | None = None  # the oldest request for an approval that nobody has decided about
    place: tuple[str, str] | None = None  # the channel and the ts where this card stands
    tags: tuple[str, ...] = ()
    due_at: datetime | None = None  # a promise made by hand
    watchers: int = 0  # people and teams
    links: int = 0  # with other tickets
    description: str = ""  # given by whoever opened it by hand
    run: ShownRun | None = None  # the newest of the AI that the team is to see
    escalation: Escalation | None = None  # the newest, for as long as the AI leaves it to people


@dataclass(frozen=True, slots=True)
class TicketName:
    """How a ticket is named where it is one of several."""

    id: UUID
    number: int
    subject: str


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """One thing in a ticket's room: a customer's message, a reply, a comment written elsewhere, an approval, or a
    run of the AI.
    """

    id: UUID
    ticket_id: UUID
    kind: str  # inbound | outbound | comment | approval | outcome | run
    author: str
    text: str
    at: datetime
    concerns: bool  # False: it belongs to the conversation, not to this ticket in particular
    delivery: Delivery
    error: str | None
    slack_ts: str | None  # where it is shown already
    posting: bool  # an earlier attempt to post it may have reached Slack
    message_id: UUID | None = None  # None: a comment
    note: str | None = None  # what a person decided about it
    ticket: TicketName | None = None  # whose room this is
    others: tuple[TicketName, ...] = ()  # open tickets of the conversation that a customer's message could belong to
    moved_to: int | None = None  # the number of the ticket that it belongs to instead
    moved_by: str | None = None
    resendable: bool = False  # failed, and sending it again may help
    resent_by: str | None = None  # who has sent it again
    goes_along: bool = False  # a later message of a reply that is one mail: what is done about that is at the first
    attachments: tuple[ShownFile, ...] = ()  # its files, in order
    edited_at: datetime | None = None  # by who wrote it. None also where nobody knows what it said before
    is_deleted: bool = False  # by its author: a comment
    edited_after_answer: bool = False
    answered_by: str | None = None  # who had answered the words before
    earlier: str | None = None  # words before: those that were answered, else the newest, and not all of a long text
    versions: int = 0  # how many it has been through before
    answers: str | None = None  # words of the message that it answers, not all of a long text. None: none that we know
    answers_whose: str | None = None  # who wrote those
    approval: ShownApproval | None = None  # what the entry is about, if it is a request or what became of one
    run: ShownRun | None = None  # the same, if it is one of the AI
    group: str | None = None  # the customer's name, where that is a group and `author` the member who wrote it
    mail: ShownMail | None = None  # where it is one of the customer's
    copies: tuple[Party, ...] = ()  # who has a copy of a reply


@dataclass(frozen=True, slots=True)
class EarlierWords:
    """What a message said before its customer changed it."""

    text: str
    at: datetime
    answered_by: str | None  # who had answered it before it was changed


@dataclass(frozen=True, slots=True)
class Place:
    """Where people talk about a conversation, and who has it."""

    customer: str
    assignee: str | None
    slack_user: str | None  # the assignee's
    channel: str | None  # None: nothing of it is shown
    ts: str | None


@dataclass(frozen=True, slots=True)
class Promised:
    """A ticket with its due date, and where people talk about it."""

    number: int
    subject: str
    due: datetime | None
    owed: bool  # nobody has settled it
    whose: str | None  # the assignee's name; where there is none, its owner's
    slack_user: str | None  # theirs
    channel: str | None
    ts: str | None  # None: its card is not shown yet


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as far as Slack is concerned, held by one job at a time."""

    id: UUID  # of the ticket, or of the conversation
    channel: str | None  # where its card stands, or should: the team's channel. None: the team has none
    ts: str | None  # None: not posted yet
    digest: str | None  # of what it shows
    posting_since: datetime | None  # an earlier attempt to post it may have reached Slack


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one job that shows a card. A job runs again when it seems dead, so two of its runs may be at work."""

    job: str
    id: UUID = field(default_factory=new_id)

    def must_wait_for(self, holder: str) -> bool:
        """Whether this run has to come again after `holder`, the job that shows the card now.

        To another job it would leave a note and go. But a job that died is run again and finds the note; a repair that
        was interrupted is not, and the note would be for nobody.
        """
        return holder == self.job or holder.startswith(_REPAIR)


_REPAIR = "repair:"


def repair_job() -> str:
    """A name to show one card by, of a repair: no queue runs it again."""
    return f"{_REPAIR}{new_id()}"


class Owner(StrEnum):
    """What has a card in Slack."""

    TICKET = "ticket"
    CONVERSATION = "conversation"  # a light card


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket or conversation, and where its card stands as far as we know."""

    owner: Owner
    id: UUID
    name: str  # "#12", or the customer's
    live: bool  # it must have a card: a ticket that is not settled, a conversation that needs people
    since: datetime  # its cards are no older
    home: str | None  # the channel that its card belongs in now
    channel: str | None
    ts: str | None
    entries: int = 0  # posts that its thread should have at least
    due: int = 0  # entries that are still to be shown, or shown anew
