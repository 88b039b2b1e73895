"""A run as values: one try of the AI to solve one ticket, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from ticketing.playbook.resolving import Autonomy

Json = Any  # what JSON can say: None, bool, int, float, str, list, dict


class RunState(StrEnum):
    WORKING = "working"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    SUGGESTED = "suggested"  # it would do this; somebody may say: do it
    DONE = "done"
    HANDED_OVER = "handed_over"  # a person has it from here
    SHADOWED = "shadowed"  # it would have done this
    STOPPED = "stopped"  # a person took over, or the AI was switched off


OPEN = frozenset({RunState.WORKING, RunState.WAITING_FOR_APPROVAL, RunState.WAITING_FOR_CUSTOMER, RunState.SUGGESTED})


@dataclass(frozen=True, slots=True)
class Run:
    """`version` grows with every save: two workers on one run cannot both go on. `steps`: how many it has.

    `recipe`, `action`, `arguments` and `amount` are those of the write that was decided about. `agreed`: a person has
    said "do it" to a suggestion. `trying_since`: what it calls has been away since then.
    """

    id: UUID
    ticket_id: UUID
    conversation_id: UUID
    customer_id: UUID
    type: str
    playbook: int  # the version it is decided by
    autonomy: Autonomy  # at which it began. How far it may go by now is `Stands.reach`
    begun_at: datetime
    state: RunState = RunState.WORKING
    version: int = 1
    steps: int = 0
    recipe: str | None = None
    action: str | None = None
    arguments: Mapping[str, Json] | None = field(default=None, hash=False)
    amount: Decimal | None = None
    approval_id: UUID | None = None
    asked_for: str | None = None  # the field that the customer was asked for; "confirmation": to say yes
    confirmed: str | None = None  # digest of the arguments that the customer said yes to
    agreed: UUID | None = None
    why: str = ""  # in one sentence for people: why it waits, or how it ended
    trying_since: datetime | None = None
    ended_at: datetime | None = None
    heard: UUID | None = None  # the last that it knows of what the customer has said there

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class StepKind(StrEnum):
    PROPOSE = "propose"  # a brain's proposal, as it came
    LOOK_UP = "look_up"  # an action that reads
    DECIDE = "decide"  # policy's verdict
    FILL = "fill"  # fields of the ticket
    ASK_APPROVAL = "ask_approval"
    AGREED = "agreed"  # somebody decided
    ACT = "act"  # an action that writes
    MOVE = "move"
    TELL = "tell"
    ASK_CUSTOMER = "ask_customer"
    HAND_OVER = "hand_over"


TURNED_DOWN = "turned_down"  # the outcome of AGREED where somebody said "not this"


class StepState(StrEnum):
    BEGUN = "begun"  # it may have happened
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run. `key`: the idempotency key of a call. `why`: what is said of it, for people."""

    run_id: UUID
    place: int  # 0, 1, 2, …
    kind: StepKind
    name: str  # the action, status, saved reply, rule
    begun_at: datetime
    state: StepState = StepState.DONE
    inputs: Mapping[str, Json] = field(default_factory=dict, hash=False)
    outputs: Mapping[str, Json] = field(default_factory=dict, hash=False)
    outcome: str = "done"
    why: str = ""
    key: str | None = None
    ended_at: datetime | None = None
    amount: Decimal | None = None  # of a write: what it counts for the caps
