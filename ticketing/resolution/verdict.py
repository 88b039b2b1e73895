"""What policy says of a proposed write: a value that stands in the record, and can be reached again from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from ticketing.resolution.run import Json


class Ruling(StrEnum):
    """From mild to strict."""

    ALLOWED = "allowed"
    NEEDS_APPROVAL = "needs_approval"
    NEEDS_CONFIRMATION = "needs_confirmation"  # by the customer, before anybody else is asked
    PERSON = "person"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """One rule's answer. `because`: the rule's words."""

    rule: str
    held: bool
    because: str


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """`arguments` are those that the write would be called with; `amount`: what it would cost.

    `decided_by`: the rule that was strictest, None where all hold. `approval`: the approval rule; `tell`: the saved
    reply for the customer. `because`: in a sentence for people.
    """

    ruling: Ruling
    because: str
    arguments: Mapping[str, Json] = field(hash=False)
    rules: tuple[RuleSaid, ...] = ()
    amount: Decimal | None = None
    decided_by: str | None = None
    approval: str | None = None
    tell: str | None = None
