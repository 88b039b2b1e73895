"""Who hears what: every consequence of a domain event is on this page.

Each line becomes a job of its own, in the transaction of the change: retried alone, parked alone.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.consequences import (
    acknowledge_press,
    ask_survey,
    begin_run,
    carry_on_approved,
    consider_escalation,
    deliver_reply,
    fetch_file,
    file_event,
    follow_customer,
    follow_tickets,
    give_up_run,
    give_up_waiting,
    hold_to_promises,
    hold_to_tier,
    mail_person,
    measure_autonomy,
    migrate_tickets,
    plan_survey,
    release_conversation,
    replan_reply,
    review_approvals,
    send_stage_messages,
    tell_assignee,
    tell_autonomy,
    tell_deciders,
    tell_escalated,
    tell_mentioned,
    tell_watchers,
    understand_conversation,
    wake_run,
    watch_tickets,
    work_run,
)
from app.services import Services
from app.slack_consequences import (
    call_by_hand,
    refresh_home,
    remind_of_due,
    send_picture,
    settle_requests,
    show_conversation,
    show_ticket,
    suggest_reply,
    tell_of_sla,
    tell_of_window,
    tell_person,
)
from core.events import Event
from storage.jobs.codec import encode
from storage.jobs.enqueue import NewJob
from ticketing.tickets.events import (
    ApprovalChanged,
    ApprovalGranted,
    AutonomyMoved,
    CardDeleted,
    ColleagueMentioned,
    CommentAdded,
    CommentChanged,
    ConversationChanged,
    CustomerChanged,
    CustomerReachChanged,
    DeliveryChanged,
    DirectMessageDue,
    DraftAsked,
    DueCame,
    EscalationsChanged,
    EventStored,
    FieldsChanged,
    FileAwaited,
    FileSettled,
    HandCallDue,
    HomeDue,
    MessageAttributed,
    MessageEdited,
    MessageMoved,
    MessageReceived,
    MigrationUnfinished,
    MissedInSlack,
    OutcomeChanged,
    PictureStored,
    PlaybookApplied,
    PressFiled,
    PriorityChanged,
    PromisesChanged,
    ReplyDue,
    ReplyWritten,
    RunChanged,
    RunDue,
    SlaTold,
    StagePassed,
    StagePassedQuietly,
    StatusChanged,
    SurveyAnswered,
    SurveyDue,
    TicketAssigned,
    TicketChanged,
    TicketCustomerChanged,
    TicketDiscarded,
    TicketEscalated,
    TicketHandedBack,
    TicketHandedOff,
    TicketMerged,
    TicketMigrated,
    TicketOpened,
    TicketRestored,
    TicketTaken,
    TicketUnmerged,
    TypeChanged,
    WindowClosing,
    WindowRefused,
)

Consequence = Callable[[Services, Any, str], Awaitable[None]]  # services, the event, the job's id
GivingUp = Callable[[Services, Any, Exception], Awaitable[None]]  # … and what its job failed with for good


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
    DraftAsked: (Subscription(suggest_reply, priority=3),),
    HandCallDue: (Subscription(call_by_hand, priority=3),),
    WindowClosing: (Subscription(tell_of_window, priority=1),),
    WindowRefused: (Subscription(replan_reply, priority=3),),
    ReplyWritten: (Subscription(show_ticket), Subscription(consider_escalation), Subscription(wake_run)),
    TicketOpened: (
        Subscription(show_ticket),
        Subscription(tell_assignee),
        Subscription(consider_escalation),
        Subscription(begin_run, priority=1),
    ),
    CardDeleted: (Subscription(show_ticket),),
    TicketAssigned: (
        Subscription(show_ticket),
        Subscription(tell_assignee),
        Subscription(consider_escalation),
        Subscription(wake_run),
    ),
    StagePassed: (Subscription(send_stage_messages, priority=2),),
    StagePassedQuietly: (Subscription(send_stage_messages, priority=2),),
    StatusChanged: (
        Subscription(show_ticket),
        Subscription(follow_tickets),
        Subscription(plan_survey),
        Subscription(review_approvals),
        Subscription(tell_watchers),
        Subscription(consider_escalation),
        Subscription(wake_run),
    ),
    SurveyDue: (Subscription(ask_survey),),
    SurveyAnswered: (Subscription(show_ticket),),
    PressFiled: (Subscription(acknowledge_press, priority=3),),
    PriorityChanged: (Subscription(show_ticket), Subscription(consider_escalation)),
    TicketChanged: (Subscription(show_ticket), Subscription(consider_escalation)),
    TypeChanged: (
        Subscription(show_ticket),
        Subscription(follow_tickets),
        Subscription(review_approvals),
        Subscription(consider_escalation),
        Subscription(wake_run),
    ),
    TicketDiscarded: (
        Subscription(show_ticket),
        Subscription(follow_tickets),
        Subscription(review_approvals),
        Subscription(wake_run),
    ),
    FieldsChanged: (Subscription(show_ticket), Subscription(review_approvals), Subscription(consider_escalation)),
    TicketRestored: (Subscription(show_ticket), Subscription(follow_tickets), Subscription(consider_escalation)),
    DueCame: (Subscription(remind_of_due, priority=1),),
    TicketHandedOff: (Subscription(show_ticket), Subscription(tell_assignee), Subscription(consider_escalation)),
    TicketEscalated: (
        Subscription(show_ticket, priority=1),
        Subscription(tell_escalated, priority=1),
        Subscription(wake_run, priority=1),
    ),
    EscalationsChanged: (Subscription(watch_tickets, priority=-1),),
    TicketHandedBack: (
        Subscription(show_ticket),
        Subscription(consider_escalation),
        Subscription(begin_run, priority=1),
    ),
    TicketTaken: (Subscription(release_conversation, priority=1),),
    TicketMerged: (
        Subscription(show_ticket),
        Subscription(follow_tickets),
        Subscription(review_approvals),
        Subscription(wake_run),
    ),
    TicketUnmerged: (Subscription(show_ticket), Subscription(follow_tickets), Subscription(consider_escalation)),
    CommentAdded: (Subscription(show_ticket), Subscription(consider_escalation)),
    CommentChanged: (Subscription(show_ticket),),
    ColleagueMentioned: (Subscription(tell_mentioned),),
    DirectMessageDue: (Subscription(tell_person), Subscription(mail_person)),
    MissedInSlack: (Subscription(mail_person),),
    MessageMoved: (Subscription(show_ticket), Subscription(consider_escalation), Subscription(wake_run)),
    MessageAttributed: (
        Subscription(show_ticket),
        Subscription(tell_watchers),
        Subscription(consider_escalation),
        Subscription(wake_run, priority=1),
        Subscription(begin_run, priority=1),
    ),
    MessageEdited: (Subscription(show_ticket), Subscription(wake_run)),
    CustomerReachChanged: (Subscription(show_ticket),),
    DeliveryChanged: (Subscription(show_ticket),),
    ConversationChanged: (Subscription(show_conversation),),
    CustomerChanged: (Subscription(follow_customer),),
    PlaybookApplied: (Subscription(migrate_tickets),),
    MigrationUnfinished: (Subscription(migrate_tickets),),
    TicketMigrated: (
        Subscription(show_ticket, priority=-1),
        Subscription(follow_tickets, priority=-1),
        Subscription(review_approvals, priority=-1),
        Subscription(consider_escalation, priority=-1),
    ),
    TicketCustomerChanged: (
        Subscription(show_ticket),
        Subscription(review_approvals),
        Subscription(hold_to_tier),
        Subscription(consider_escalation),
    ),
    PromisesChanged: (Subscription(hold_to_promises, priority=-1),),
    SlaTold: (
        Subscription(show_ticket, priority=1),
        Subscription(tell_of_sla, priority=1),
        Subscription(consider_escalation),
    ),
    ApprovalChanged: (
        Subscription(show_ticket, priority=1),
        Subscription(tell_deciders),
        Subscription(settle_requests),
        Subscription(consider_escalation),
        Subscription(wake_run, priority=2),
    ),
    RunDue: (Subscription(work_run, priority=1),),
    RunChanged: (Subscription(show_ticket),),
    OutcomeChanged: (Subscription(measure_autonomy, priority=-1),),
    AutonomyMoved: (Subscription(tell_autonomy, priority=1),),
    ApprovalGranted: (Subscription(carry_on_approved, priority=2),),
    HomeDue: (Subscription(refresh_home, priority=-1),),
}


# These look how their ticket stands by then, whatever has happened to it: however much that was in one transaction, one
# job of each sees all of it.
LOOKS: frozenset[Consequence] = frozenset(
    (show_ticket, consider_escalation, follow_tickets, plan_survey, review_approvals, wake_run, measure_autonomy)
)

# What follows where the job of a consequence is parked, beside what `threadline doctor` says: people would wait for it.
GIVEN_UP: Mapping[Consequence, GivingUp] = {work_run: give_up_run, wake_run: give_up_waiting}


def job_name(kind: type[Event], subscription: Subscription) -> str:
    """ "TicketOpened.show_ticket": what happened, and what follows."""
    return f"{kind.__name__}.{subscription.run.__name__}"


# The jobs that show tickets and conversations: while one waits, its card is behind.
CARD_JOBS = tuple(
    job_name(kind, each)
    for kind, subscriptions in SUBSCRIPTIONS.items()
    for each in subscriptions
    if each.run in (show_ticket, show_conversation)
)


def _delay(event: Event) -> timedelta:
    """A reply can be undone until it is due, others wait for their time; everything else follows at once."""
    if isinstance(event, ReplyDue | SurveyDue | MigrationUnfinished):
        return event.due - event.at
    return timedelta()


def _same(subscription: Subscription, event: Any) -> Hashable:
    return (subscription.run, event.ticket_id) if subscription.run in LOOKS else None


def route(burst: timedelta) -> Callable[[Event], Sequence[NewJob]]:
    """The jobs an event becomes. An event that nobody hears is a mistake: KeyError."""

    def jobs(event: Event) -> Sequence[NewJob]:
        kind, payload = type(event), encode(event)
        return [
            NewJob(
                job_name(kind, subscription),
                payload,
                delay=burst if subscription.after_burst else _delay(event),
                priority=subscription.priority,
                same=_same(subscription, event),
            )
            for subscription in SUBSCRIPTIONS[kind]
        ]

    return jobs
