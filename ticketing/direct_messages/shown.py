"""What a direct message is made of when it is told: read models. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.approvals.shown import ShownApproval
from ticketing.direct_messages.direct_message import Assignment, Kind
from ticketing.escalation.escalation import Escalation
from ticketing.people.person import Person
from ticketing.people.preferences import ByMail
from ticketing.resolution.levels import Move as AutonomyMove
from ticketing.tickets.card import TicketCard


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that was not told yet, and where its reader is in Slack as far as we know."""

    id: UUID
    kind: Kind
    reader: Person
    wanted: bool  # they have not silenced it
    since: datetime
    ticket_id: UUID | None
    about_id: UUID | None
    slack_user: str | None
    seen_at: datetime | None  # when Slack said last that this user has their address
    direct: str | None  # the channel of the app's conversation with that user
    posting_since: datetime | None  # an earlier attempt to post it may have reached Slack


class MailState(StrEnum):
    """What became of the mail that tells it."""

    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"  # it may have left, and is not sent again
    FAILED = "failed"  # it was refused
    DROPPED = "dropped"  # it was not worth telling any more


@dataclass(frozen=True, slots=True)
class Mailing:
    """A message, told or not, and whether mail tells it."""

    owed: Owed
    by_mail: ByMail
    missed: bool  # they are not in Slack, as it turned out
    mail: MailState | None  # None: none was begun
    mail_job: str | None  # that began the last one


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that names somebody."""

    by: str
    by_id: UUID
    text: str
    by_slack: str | None  # the author's user in Slack
    in_thread: bool = False  # written in the ticket's thread, where Slack itself tells whom it names


@dataclass(frozen=True, slots=True)
class Move:
    """A change of status: labels, and who made it."""

    origin: str
    to: str
    by: str
    by_id: UUID | None


@dataclass(frozen=True, slots=True)
class News:
    """What happened on a ticket since: the customer's messages, and where it went, oldest first."""

    messages: int
    words: str  # of the newest message
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class StandingRequest:
    """A request for approval, and where somebody was told of it. What stands there is as it was then."""

    message_id: UUID
    approval: ShownApproval
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ShownMove:
    """How far the AI goes with a type, moved by what was measured. `label`: of the type."""

    move: AutonomyMove
    label: str


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket, and what is told about it: one of these, by the message's kind."""

    owed: Owed
    card: TicketCard
    assignment: Assignment | None = None
    remark: Remark | None = None
    decided: tuple[ShownApproval, ...] = ()  # approvals of the ticket that were decided, newest first: for a mention
    news: News | None = None
    approval: ShownApproval | None = None
    escalation: Escalation | None = None
    move: ShownMove | None = None
    briefed: bool = False  # they were told of another mention in this ticket lately, with its context
    settled_since: bool = False  # the ticket was worked on when it happened, and is settled by now
