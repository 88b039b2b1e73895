"""From what a brain suggests to what is done: continue a ticket, reopen one, open one, pass the conversation to people
without one, or leave it be (SPEC 1.10, 2.5, 7.1).

Pure. The brain proposes; the tickets as they stand now decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sla.calendar import ALWAYS_OPEN, Calendar
from ticketing.conversations.window import NO_WINDOWS
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Issue, Priority, Sentiment, Suggestion, Vocabulary


@dataclass(frozen=True, slots=True)
class Open:
    """A new ticket. `follows`: the one that is closed, whose issue it takes up again."""

    issue: Issue
    trigger: Trigger
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class Continue:
    """The messages go on with a live ticket."""

    ticket_id: UUID
    message_ids: tuple[UUID, ...]
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """A resolved ticket's issue is back."""

    ticket_id: UUID
    issue: Issue


@dataclass(frozen=True, slots=True)
class StayResolved:
    """The messages belong to a resolved ticket and do not reopen it."""

    ticket_id: UUID
    message_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PassToPeople:
    """No ticket, and somebody should write back: a greeting, a question in passing, what may ask for something."""

    trigger: Trigger


Decision = Open | Continue | Reopen | StayResolved | PassToPeople


@dataclass(frozen=True, slots=True)
class Rules:
    """What a desk may choose: numbers, and when it is open."""

    sure_enough: float
    hours: Calendar = ALWAYS_OPEN
    windows: Mapping[str, timedelta] = field(
        default_factory=lambda: NO_WINDOWS
    )  # how long customers can be answered freely, by channel
    lead: timedelta = timedelta(hours=2)  # working time before a window closes at which people are told. 0: never


def decide(
    suggestion: Suggestion, burst: Burst, tickets: Sequence[Ticket], *, rules: Rules, playbook: Playbook, now: datetime
) -> list[Decision]:
    """What to do with the burst; nothing at all is possible. `tickets` are the conversation's, as they stand now."""
    live = [ticket for ticket in tickets if ticket.is_live]
    resolved = [ticket for ticket in tickets if _may_reopen(ticket, playbook, now)]
    message_ids = tuple(message.id for message in burst.messages)
    # Nobody is sure of a message without words: a picture, a voice note. A person looks.
    sure = suggestion.confidence >= rules.sure_enough and any(message.text.strip() for message in burst.messages)
    if suggestion.ticket_worthy and (sure or not live):
        trigger = Trigger.TRIAGE if sure else Trigger.LOW_CONFIDENCE
        return [_place(issue, live, resolved, tickets, trigger) for issue in suggestion.issues]
    if len(live) == 1:
        return [Continue(live[0].id, message_ids)]
    if live:
        return []  # it concerns no particular one: it belongs to the conversation
    # Also beside a resolved ticket: a "Hello, are you there?" would stand in the thread of a card that is one line.
    if not sure or suggestion.awaits_answer:
        return [PassToPeople(Trigger.TRIAGE if sure else Trigger.LOW_CONFIDENCE)]
    if resolved:
        return [StayResolved(max(resolved, key=lambda ticket: ticket.number).id, message_ids)]
    return []


def _place(
    issue: Issue, live: Sequence[Ticket], resolved: Sequence[Ticket], all_: Sequence[Ticket], trigger: Trigger
) -> Decision:
    if issue.continues in {ticket.id for ticket in live}:
        assert issue.continues is not None
        return Continue(issue.continues, issue.message_ids, issue)
    if issue.continues in {ticket.id for ticket in resolved}:
        assert issue.continues is not None
        return Reopen(issue.continues, issue)
    over = issue.continues in {ticket.id for ticket in all_}  # closed, or resolved too long ago
    return Open(issue, trigger, issue.continues if over else None)


def _may_reopen(ticket: Ticket, playbook: Playbook, now: datetime) -> bool:
    status = playbook.lifecycle(ticket.type).status(ticket.status)
    if status.when_back is None:
        return False
    return status.back_within is None or now - ticket.status_since <= status.back_within


def unread(burst: Burst, vocabulary: Vocabulary) -> Issue:
    """What a person gets when no brain could say more: the customer's own first words."""
    text = next((message.text.strip() for message in burst.messages if message.text.strip()), "")
    return Issue(
        subject=first_words(text),
        summary="",
        type=vocabulary.plain_type,
        category=vocabulary.plain_category(vocabulary.plain_type),
        intent="unknown",
        confidence=0.0,
        priority=Priority.NORMAL,
        message_ids=tuple(message.id for message in burst.messages),
    )


def first_words(text: str) -> str:
    """A subject where nobody has thought of one."""
    return " ".join(text.split())[:80] or "A message without text"


def for_a_person(burst: Burst, vocabulary: Vocabulary, *, why: str, reading: Suggestion | None = None) -> Suggestion:
    """The suggestion of last resort: a ticket that a person reads, in the customer's own words.

    `reading` is what a lesser brain makes of them. It adds to the ticket and decides nothing: one ticket, for all the
    messages, that continues none.
    """
    issue = unread(burst, vocabulary)
    if reading is not None and reading.issues:
        first = reading.issues[0]
        entities = dict.fromkeys(entity for each in reading.issues for entity in each.entities)
        issue = replace(
            first,
            subject=issue.subject,
            message_ids=issue.message_ids,
            entities=tuple(entities),
            continues=None,
        )
    return Suggestion(
        ticket_worthy=True,
        confidence=0.0,
        why=why,
        issues=(issue,),
        sentiment=reading.sentiment if reading else Sentiment.NEUTRAL,
        sentiment_confidence=reading.sentiment_confidence if reading else 0.0,
        language=reading.language if reading else "und",
        brain=reading.brain if reading else "none",
        model=reading.model if reading else "none",
    )
