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
class PriorityChanged(TicketEvent):
    pass


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
class CommentAdded(TicketEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAttributed(TicketEvent):
    """The customer wrote something that belongs in this ticket's room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(TicketEvent):
    """The customer changed the words of a message in this ticket's room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReachChanged(TicketEvent):
    """Its customer takes messages of ours again, or not any more; or only templates, sooner than we thought."""


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
