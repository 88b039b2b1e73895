"""What the AI may do by itself: autonomy per type, recipes, and the policy of each action (SPEC 7.4, 7.5).

A brain proposes calls of actions. What may be done is decided by these values over facts that came from actions and
the database: no word of a customer's is among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from ticketing.playbook.conditions import Condition, Expression


class Autonomy(StrEnum):
    """How far the AI goes with tickets of a type."""

    OFF = "off"
    SHADOW = "shadow"  # it works out what it would do, and does nothing; scored against what people did
    SUGGEST = "suggest"  # the same, shown to the team, who may have it done by a button
    ACT_WITH_APPROVAL = "act_with_approval"  # somebody agrees to every write
    ACT_ALONE = "act_alone"  # what policy allows, it does

    @property
    def words(self) -> str:
        """ "act alone"."""
        return self.value.replace("_", " ")


LADDER = tuple(Autonomy)  # from mild to strict
ASKING = frozenset({Autonomy.SUGGEST, Autonomy.ACT_WITH_APPROVAL})  # at these somebody agrees to every write


def milder(one: Autonomy, other: Autonomy) -> Autonomy:
    """The one by which the AI goes less far."""
    return min(one, other, key=LADDER.index)


@dataclass(frozen=True, slots=True)
class Earning:
    """How the AI earns what the playbook lets it do at most: measured over its newest `over` cases, of which at least
    `precision` (0 to 1) were right. `start`: how far it goes before anything was measured.
    """

    start: Autonomy
    precision: float
    over: int

    @property
    def forgiven(self) -> int:
        """How many of so many cases may be wrong."""
        return int(self.over * (1 - self.precision) + 1e-9)


@dataclass(frozen=True, slots=True)
class Calling:
    """A call of an action, and what each argument is made of."""

    action: str
    arguments: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactSource:
    """`facts.<name>` is what this read gives. `not_found`: the saved reply for the customer where it finds nothing."""

    name: str
    calling: Calling
    not_found: str | None = None


class Otherwise(StrEnum):
    """What follows where a rule does not hold, from mild to strict."""

    APPROVAL = "approval"  # somebody has to agree first
    CONFIRM = "confirm"  # the customer has to say yes to exactly this first
    PERSON = "person"  # a person takes it from here
    REFUSE = "refuse"  # the customer is told kindly that it is not possible; a person has it from here


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """What cannot be answered does not hold. `tell`: what the customer is told, or is to say yes to."""

    key: str
    holds: Condition
    because: str  # why it is there, for people: "Refunds are for orders of the last 30 days"
    otherwise: Otherwise
    approval: str | None = None  # the key of the approval rule
    tell: str | None = None  # the key of a saved reply


@dataclass(frozen=True, slots=True)
class ActionPolicy:
    """When the AI may call one action that writes. Without a policy it never may.

    `sets`: arguments that policy gives; what a brain proposed for them is not looked at. `amount`: what it costs, for
    caps and budgets. `earlier.count` and `earlier.amount` are the customer's automatic calls of it within `window`.
    """

    action: str
    facts: tuple[FactSource, ...] = ()
    sets: Mapping[str, Expression] = field(default_factory=dict)
    rules: tuple[PolicyRule, ...] = ()
    amount: Expression | None = None
    window: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MoveTo:
    """The ticket goes to this status. `note`: with places to fill in, like a saved reply."""

    to: str
    note: str = ""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """The customer is told, by a saved reply or in a brain's words for it. With `accepted` it is an offer: buttons."""

    reply: str
    accepted: str | None = None  # the status that Accept leads to
    declined: str | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to solve an issue: one write, what it takes before it, and what follows when it is done.

    `asks`: fields without which it cannot begin, and the saved reply that asks the customer for each. `reads`: actions
    that a brain may call meanwhile. `sets` and `fills` are given to the ticket when policy has decided, before anybody
    is asked to agree: `fills` from the arguments and facts that were decided about.
    """

    key: str
    label: str
    calling: Calling
    when: Condition | None = None
    asks: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, Expression] = field(default_factory=dict)
    then: tuple[MoveTo | Tell, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """None: no limit. Costs are what brains cost, in dollars; amounts are what actions give away."""

    runs_per_ticket: int | None = 3
    cost_per_ticket: Decimal | None = None
    runs_per_month: int | None = None
    amount_per_month: Decimal | None = None


USUAL = Budget()
UNLIMITED = Budget(runs_per_ticket=None)
