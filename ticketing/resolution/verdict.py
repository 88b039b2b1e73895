"""What policy says of a proposed write: a value that stands in the record, and can be reached again from it."""

from collections.abc import Iterable, Mapping, Sequence
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


# Built in, and asked whatever is known; what else does not hold where a fact is missing could perhaps not be asked.
_ASKED_ANYWAY = frozenset({"always.proven", "always.facts", "always.approval", "always.policy"})


def telling(rules: Sequence[RuleSaid]) -> tuple[RuleSaid, ...]:
    """Those that tell people something. Where a fact is missing that is what they need to know: nobody can say what
    the rules about it would have said, and each of them is in the record as not held.
    """
    if not lacks_facts(rules):
        return tuple(rules)
    return tuple(each for each in rules if each.held or each.rule in _ASKED_ANYWAY)


def lacks_facts(rules: Iterable[RuleSaid]) -> bool:
    """Whether something that policy looks at was not found, or could not be looked up."""
    return any(each.rule == "always.facts" and not each.held for each in rules)


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
