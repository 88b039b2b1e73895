"""Lists of tickets: which ones, in which order, a page at a time. Values only; `storage/lists` answers.

Tickets that were discarded or merged into others are in no list and count nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.errors import Refused
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.ticket import Stored
from ticketing.triage.suggestion import Priority

PAGE = 50
MOST = 200  # tickets on one page
MOST_BY_TEXT = 2_000  # tickets that a list by words is made of: those whose texts are the newest

LIVE = (StatusCategory.OPEN, StatusCategory.ACTIVE, StatusCategory.PENDING)
CURRENT = (*LIVE, StatusCategory.RESOLVED)  # closed tickets leave the views


class FilterRefused(Refused):
    """The filter, order or cursor makes no sense."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until before `until`; either may be open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A custom field has one of these values: an option's key, one of a multi-select's, a text, True or False, or a
    number or date as it is stored.
    """

    key: str
    any_of: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class FieldBetween:
    """A number, an amount of money or a date lies between these two, both included; either may be open."""

    key: str
    least: Decimal | date | None = None
    most: Decimal | date | None = None


@dataclass(frozen=True, slots=True)
class FieldGiven:
    """A custom field has a value, or has none."""

    key: str
    given: bool = True


FieldCondition = FieldIs | FieldBetween | FieldGiven


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Everything that is said must be true; of several values of one kind, any. Empty: not asked."""

    numbers: tuple[int, ...] = ()
    stages: tuple[StatusCategory, ...] = ()  # status categories
    statuses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    assignees: tuple[UUID | None, ...] = ()  # None: nobody
    teams: tuple[UUID | None, ...] = ()
    owners: tuple[UUID | None, ...] = ()  # accountable people
    tags: tuple[str, ...] = ()
    created: Period = Period()
    due: Period = Period()
    escalated: bool = False  # only what the AI has left to people, and nobody has settled
    fields: tuple[FieldCondition, ...] = ()
    text: str = ""  # in subject, messages or comments, as `search.py` reads it; of the newest that have it


def all_current() -> TicketFilter:
    """The view All: closed tickets have left it."""
    return TicketFilter(stages=CURRENT)


def mine(person: UUID) -> TicketFilter:
    """The view Mine: what this person still owes work on."""
    return TicketFilter(stages=LIVE, assignees=(person,))


def pending() -> TicketFilter:
    """The view Pending: what waits for somebody else."""
    return TicketFilter(stages=(StatusCategory.PENDING,))


def escalated() -> TicketFilter:
    """The view AI escalated: what the AI has left to people, and nobody has settled."""
    return TicketFilter(stages=LIVE, escalated=True)


def unassigned() -> TicketFilter:
    """What is live and nobody's."""
    return TicketFilter(stages=LIVE, assignees=(None,))


class Sort(StrEnum):
    """What a list is sorted by; the ticket's number settles what is equal."""

    PRIORITY = "priority"  # the most urgent first, then the soonest due
    DUE = "due"  # the soonest first, those without a due date last
    CREATED = "created"  # the newest first
    UPDATED = "updated"  # what changed last first


@dataclass(frozen=True, slots=True)
class FieldSort:
    """By a custom field, ascending: numbers by size, then words by their letters; those without a value last."""

    key: str


@dataclass(frozen=True, slots=True)
class Order:
    by: Sort | FieldSort = Sort.PRIORITY
    reverse: bool = False  # from its end; but tickets without a value of a custom field stay last


BY_PRIORITY = Order()


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket where it is one of many."""

    id: UUID
    number: int
    subject: str
    type: str
    category: str
    status: str
    stage: StatusCategory
    priority: Priority
    channel: str | None
    team: str | None  # names
    assignee: str | None
    customer: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    tags: tuple[str, ...]
    fields: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[TicketLine, ...]
    following: str | None  # the cursor of the next page; None: this is the last


class Dimension(StrEnum):
    """What aggregates are grouped by."""

    TYPE = "type"
    CATEGORY = "category"
    STATUS = "status"
    STAGE = "stage"
    PRIORITY = "priority"
    CHANNEL = "channel"
    TEAM = "team"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that are the same in one dimension."""

    value: str | None
    count: int
    sum: Decimal | None  # of a custom field of numbers or money; None: no ticket has one, or none was asked for
    average: Decimal | None


class TicketLists(Protocol):
    """Lists and aggregates. Each answer is of one instant; the next page goes on behind the cursor, so that what
    changes meanwhile neither repeats nor hides those that did not change.
    """

    async def page(
        self, wanted: TicketFilter, *, order: Order = BY_PRIORITY, after: str | None = None, most: int = PAGE
    ) -> Page:
        """Raises FilterRefused: no such cursor in this order."""
        ...

    async def grouped(self, wanted: TicketFilter, *, by: Dimension, field: str | None = None) -> Sequence[Group]:
        """The groups, the largest first; `field`: the custom field that is summed."""
        ...
