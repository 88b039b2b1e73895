"""Custom fields as a playbook defines them (SPEC 3.3). What a value of one may be is in `ticketing/fields/`."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ticketing.playbook.conditions import Condition


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DROPDOWN = "dropdown"
    MULTI_SELECT = "multi_select"
    DATE = "date"
    CHECKBOX = "checkbox"
    FILE = "file"


class Source(StrEnum):
    """Where a field can be filled from by itself."""

    ENTITY = "entity"  # what the brain found in the customer's words: `name` is its kind, "order"
    CUSTOMER = "customer"  # an attribute of the customer: `name` is "tier", "language", or one of the desk's own
    CHANNEL = "channel"
    AGENT = "agent"  # the assignee's name, at the time
    INTENT = "intent"
    CATEGORY = "category"  # what the brain found the issue to be about
    SENTIMENT = "sentiment"
    ACTION = "action"  # what an action gave back


@dataclass(frozen=True, slots=True)
class Fill:
    source: Source
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    options: tuple[Option, ...] = ()  # of a dropdown or multi-select
    currency: str | None = None  # ISO 4217, of money: one field, one currency
    least: Decimal | None = None  # number, money: the value; text: characters; multi-select, file: how many
    most: Decimal | None = None
    pattern: str | None = None  # text: the whole of it must match
    required: bool | Condition = False  # hidden, it never is
    show: Condition | None = None  # None: always
    fill: tuple[Fill, ...] = ()  # the first that has something to give
