"""Who hears what: every consequence of a domain event is on this page.

Each line becomes a job of its own, in the transaction of the change: retried alone, parked alone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.consequences import (
    acknowledge_press,
    ask_survey,
    deliver_reply,
    fetch_file,
    file_event,
    follow_customer,
    follow_tickets,
    plan_survey,
    replan_reply,
    send_picture,
    show_conversation,
    show_ticket,
    tell_of_window,
    understand_conversation,
)
from app.services import Services
from core.events import Event
from storage.jobs.codec import encode
from storage.jobs.enqueue import NewJob
from ticketing.tickets.events import (
    CardDeleted,
    CommentAdded,
    ConversationChanged,
    CustomerChanged,
    CustomerReachChanged,
    DeliveryChanged,
    EventStored,
    FileAwaited,
    FileSettled,
    MessageAttributed,
    MessageEdited,
    MessageMoved,
    MessageReceived,
    PictureStored,
    PressFiled,
    PriorityChanged,
    ReplyDue,
    ReplyWritten,
    StatusChanged,
    SurveyAnswered,
    SurveyDue,
    TicketAssigned,
    TicketCustomerChanged,
    TicketDiscarded,
    TicketOpened,
    TicketRestored,
    TypeChanged,
    WindowClosing,
    WindowRefused,
)

Consequence = Callable[[Services, Any, str], Awaitable[None]]  # services, the event, the job's id


@dataclass(frozen=True, slots=True)
class Subscription:
    """Higher `priority` runs first when there is more to do than hands."""

    run: Consequence
    priority: int = 0
    after_burst: bool = False  # wait until the customer may have finished writing


SUBSCRIPTIONS: Mapping[type[Event], tuple[Subscription, ...]] = {
    EventStored: (Subscription(file_event, priority=2),),
    MessageReceived: (Subscription(understand_conversation, priority=1, after_burst=True),),
    FileAwaited: (Subscription(fetch_file, priority=1),),
    FileSettled: (Subscription(show_ticket),),
    PictureStored: (Subscription(send_picture),),
    ReplyDue: (Subscription(deliver_reply, priority=3),),
    WindowClosing: (Subscription(tell_of_window, priority=1),),
    WindowRefused: (Subscription(replan_reply, priority=3),),
    ReplyWritten: (Subscription(show_ticket),),
    TicketOpened: (Subscription(show_ticket),),
    CardDeleted: (Subscription(show_ticket),),
    TicketAssigned: (Subscription(show_ticket),),
    StatusChanged: (Subscription(show_ticket), Subscription(follow_tickets), Subscription(plan_survey)),
    SurveyDue: (Subscription(ask_survey),),
    SurveyAnswered: (Subscription(show_ticket),),
    PressFiled: (Subscription(acknowledge_press, priority=3),),
    PriorityChanged: (Subscription(show_ticket),),
    TypeChanged: (Subscription(show_ticket),),
    TicketDiscarded: (Subscription(show_ticket), Subscription(follow_tickets)),
    TicketRestored: (Subscription(show_ticket), Subscription(follow_tickets)),
    CommentAdded: (Subscription(show_ticket),),
    MessageMoved: (Subscription(show_ticket),),
    MessageAttributed: (Subscription(show_ticket),),
    MessageEdited: (Subscription(show_ticket),),
    CustomerReachChanged: (Subscription(show_ticket),),
    DeliveryChanged: (Subscription(show_ticket),),
    ConversationChanged: (Subscription(show_conversation),),
    CustomerChanged: (Subscription(follow_customer),),
    TicketCustomerChanged: (Subscription(show_ticket),),
}


def job_name(kind: type[Event], subscription: Subscription) -> str:
    """ "TicketOpened.show_ticket": what happened, and what follows."""
    return f"{kind.__name__}.{subscription.run.__name__}"


def _delay(event: Event) -> timedelta:
    """A reply can be undone until it is due, a survey waits for its time; everything else follows at once."""
    return event.due - event.at if isinstance(event, ReplyDue | SurveyDue) else timedelta()


def route(burst: timedelta) -> Callable[[Event], Sequence[NewJob]]:
    """The jobs an event becomes. An event that nobody hears is a mistake: KeyError."""

    def jobs(event: Event) -> Sequence[NewJob]:
        kind = type(event)
        return [
            NewJob(
                job_name(kind, subscription),
                encode(event),
                delay=burst if subscription.after_burst else _delay(event),
                priority=subscription.priority,
            )
            for subscription in SUBSCRIPTIONS[kind]
        ]

    return jobs
