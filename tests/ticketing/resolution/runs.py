"""A run over a return of order 78932, as it is kept: what a test of how runs are shown or scored needs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.factories import NOW, a_ticket
from tests.playbooks import gated
from ticketing.playbook.playbook import Playbook, SavedReply
from ticketing.playbook.resolving import Autonomy, Calling, Recipe
from ticketing.resolution.run import Json, Run, RunState, Step, StepKind, StepState

REFUND = Recipe("refund", "Refund", Calling("issue_refund"))
PLAYBOOK: Playbook = replace(
    gated(),
    recipes={"refund": REFUND},
    replies={"refund_sent": SavedReply("refund_sent", "Refund sent", "It is on its way.")},
)
TICKET = a_ticket()
RUN = Run(
    uuid4(),
    TICKET.id,
    TICKET.conversation_id,
    TICKET.customer_id,
    "return",
    1,
    Autonomy.ACT_ALONE,
    NOW,
    recipe="refund",
    action="issue_refund",
    arguments={"order": "78932", "amount": "89.00", "currency": "USD"},
    amount=Decimal("89.00"),
)
FACTS: Json = {
    "order": {
        "number": "78932",
        "total": 89.0,
        "delivered": {"$at": "2026-11-16T10:00:00+00:00"},
        "refunded": False,
        "items": [{"name": "Mug"}],
        "courier": None,
    }
}


def a_step(place: int, kind: StepKind, name: str, **fields: Any) -> Step:
    """A tenth of a second long, each after the other."""
    begun = NOW + place * timedelta(seconds=1)
    step = Step(RUN.id, place, kind, name, begun, ended_at=begun + timedelta(milliseconds=100))
    return replace(step, **fields)


def a_verdict(ruling: str = "allowed", *, place: int = 2, theirs: bool = True) -> Step:
    rules = [
        {"rule": "theirs", "held": theirs, "because": "The order is theirs"},
        {"rule": "small", "held": True, "because": "Refunds from 100 are confirmed by an agent"},
    ]
    return a_step(
        place,
        StepKind.DECIDE,
        "issue_refund",
        inputs={"context": {"names": {"facts": FACTS, "ticket": {"number": 1}}}},
        outputs={"verdict": {"ruling": ruling, "rules": rules}},
        outcome=ruling,
        why="All rules hold." if theirs else "The order is theirs",
        amount=Decimal("89.00"),
    )


LOOKED_UP = a_step(
    1,
    StepKind.LOOK_UP,
    "lookup_order",
    inputs={"arguments": {"order": "78932"}, "fact": "order"},
    outputs={"value": {"number": "78932"}},
)
PROPOSED = a_step(
    0,
    StepKind.PROPOSE,
    "issue_refund",
    inputs={
        "proposal": {"action": "issue_refund", "arguments": {"order": "78932"}, "because": "It arrived broken."},
        "brain": "offline",
        "model": "recipes",
    },
)
CALLED = a_step(
    4,
    StepKind.ACT,
    "issue_refund",
    inputs={"arguments": dict(RUN.arguments or {})},
    key=f"run:{RUN.id}:4",
    amount=Decimal("89.00"),
)
STEPS = (
    PROPOSED,
    LOOKED_UP,
    a_verdict(),
    a_step(3, StepKind.FILL, "fields", outputs={"fields": ["refund_amount", "order_number"]}),
    CALLED,
    a_step(5, StepKind.MOVE, "resolved"),
    a_step(6, StepKind.TELL, "refund_sent", outputs={"message": str(uuid4())}),
)
BEGUN = replace(CALLED, state=StepState.BEGUN, outcome="begun", ended_at=None)
DONE = replace(RUN, state=RunState.DONE, steps=7, why="Refund: done.", ended_at=NOW + timedelta(seconds=4.2))
