"""What can happen to tickets and conversations. `app/subscriptions.py` says who hears it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStored(Event):
    """A provider's event is in the inbox. Raised by the webhook's own statement, not by a use case."""

    inbox_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    conversation_id: UUID
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAwaited(Event):
    """Somebody sent a file; whoever has it keeps it only for a while."""

    file_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureStored(Event):
    """A picture is in the store, with a preview of it."""

    file_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDue(Event):
    """A reply in the outbox may leave, at `due` and not before: until then it can be undone."""

    message_id: UUID
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAsked(Event):
    """Somebody waits at a form for a reply to be suggested."""

    draft_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRefused(Event):
    """The provider took a message and refused it later, because the customer's window is closed."""

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowClosing(Event):
    """A customer waits for an answer, and can be answered freely only `until` then."""

    conversation_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(Event):
    """What a conversation without a ticket shows may have changed: its state, who has it, a reply in it."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChanged(Event):
    """What is known of a customer, or what is theirs, is not what it was."""

    customer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent(Event):
    """Something that shows on a ticket."""

    ticket_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeleted(TicketEvent):
    """Somebody deleted its card where the team sees it. Of the ticket nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAssigned(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePassed(TicketEvent):
    """It went from status `origin` to status `to`, which sends something to the customer. `version` is the ticket's
    with that move, and names it; `at` is when it was made.
    """

    origin: str
    to: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePassedQuietly(StagePassed):
    """The same, where whoever moved it says themselves what is to be said: of what it sends only surveys leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged(TicketEvent):
    """Something else about it that its card shows, or may: tags, the due date, its owner, watchers, links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsChanged(TicketEvent):
    """Its fields have other values, or somebody stands by them now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeChanged(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCustomerChanged(TicketEvent):
    """Its customer is another one, or goes by another name or tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDiscarded(TicketEvent):
    """It was no ticket after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRestored(TicketEvent):
    """It was one after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCame(TicketEvent):
    """The moment it was promised for has come, and it is not settled."""

    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesChanged(Event):
    """A version of the playbook promises something else. Tickets behind number `after` are still to be held to it."""

    version: int
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTold(TicketEvent):
    """One of its clocks came to a threshold: at_risk, warning, breached, or a step of escalation. `due`: just then.

    `also`: the steps of that very instant, separated by commas, which are told in the same words.
    """

    clock: str
    event: str
    due: datetime
    also: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationsChanged(Event):
    """A version of the playbook hands tickets to people after other times. Those behind number `after` are still to be
    watched for it.
    """

    version: int
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHandedOff(TicketEvent):
    """It is another team's now, or another one's of that team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEscalated(TicketEvent):
    """A rule of the playbook handed it to people: the AI works on it no more."""

    escalation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHandedBack(TicketEvent):
    """A person handed it back to the AI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTaken(Event):
    """The desk's own rule took it from this person, who may hold its conversation still."""

    ticket_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMerged(TicketEvent):
    """It was merged into another one, or another one into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketUnmerged(TicketEvent):
    """It stands for itself again, or what had been merged into it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentChanged(TicketEvent):
    """What a comment says was changed, or the comment is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueMentioned(TicketEvent):
    """A comment names this person, or a team of theirs."""

    comment_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessageDue(Event):
    """Somebody is to be told something by themselves, now."""

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedInSlack(Event):
    """Somebody was to be told something by themselves, and is not in Slack."""

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAttributed(TicketEvent):
    """The customer wrote something that belongs in this ticket's room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(TicketEvent):
    """The customer changed the words of a message in this ticket's room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReachChanged(TicketEvent):
    """Its customer takes messages of ours again, or not any more; or can be answered freely until another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettled(TicketEvent):
    """A file in its room was fetched, or it is known now that it cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWritten(TicketEvent):
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMoved(TicketEvent):
    """A message came into this ticket's room or left it, because somebody put it where it belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChanged(TicketEvent):
    """The provider said what became of a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalChanged(TicketEvent):
    """An approval was asked for, decided about, or ended otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGranted(Event):
    """Everybody who had to agree to a transition has."""

    approval_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandCallDue(Event):
    """Somebody waits at a form for what an action gives."""

    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDue(Event):
    """A run of the AI has something to do."""

    run_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeChanged(TicketEvent):
    """What became of a ticket that the AI had worked on may be otherwise now: its run is over, or somebody has moved
    it, settled it, or filled it in.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyMoved(Event):
    """What was measured has moved how far the AI goes with a type."""

    move_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChanged(TicketEvent):
    """A run of the AI over this ticket began, got on, or is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressFiled(Event):
    """A customer pressed a button of ours, and their app waits for a word."""

    inbox_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDue(Event):
    """A survey was planned for `due`."""

    survey_id: UUID
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(TicketEvent):
    """The customer has rated how this ticket was dealt with, or changed their rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookApplied(Event):
    """A version of the playbook is in force. Tickets may stand in statuses, or be of types, that are no more."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationUnfinished(Event):
    """Not every ticket could follow the version yet: the rest is tried again at `due`."""

    version: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMigrated(TicketEvent):
    """Its status or type is called otherwise now, because another version of the playbook is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeDue(Event):
    """Somebody has their page open, and it is time to look at it again."""

    person_id: UUID
