"""The plain process of a desk to which no playbook was ever applied: four types, one lifecycle, no fields.

A desk that is started gets `examples/playbooks/retail.yaml` (app/playbooks.py), unless THREADLINE_PLAYBOOK says none.
Most tests follow this one: it is a value, and nothing has to be compiled for it.
"""

from datetime import timedelta

from ticketing.playbook.lifecycle import Lifecycle, Status, StatusCategory, Transition
from ticketing.playbook.playbook import Playbook, TicketType

OPEN, IN_PROGRESS, WAITING, RESOLVED, CLOSED = "open", "in_progress", "waiting_on_customer", "resolved", "closed"

_FORWARD = {
    OPEN: (IN_PROGRESS, WAITING, RESOLVED),
    IN_PROGRESS: (WAITING, RESOLVED),
    WAITING: (IN_PROGRESS, RESOLVED),
    RESOLVED: (IN_PROGRESS, CLOSED),
    CLOSED: (),  # a customer who comes back gets a new ticket
}
REOPEN_WINDOW = timedelta(days=7)  # after it, the same issue is a new ticket

LIFECYCLE = Lifecycle(
    key="standard",
    label="Standard",
    statuses=(
        Status(OPEN, "Open", StatusCategory.OPEN),
        Status(IN_PROGRESS, "In progress", StatusCategory.ACTIVE),
        Status(WAITING, "Waiting on customer", StatusCategory.PENDING, sla_paused=True, when_answered=IN_PROGRESS),
        Status(RESOLVED, "Resolved", StatusCategory.RESOLVED, when_back=IN_PROGRESS, back_within=REOPEN_WINDOW),
        Status(CLOSED, "Closed", StatusCategory.CLOSED),
    ),
    transitions=tuple(Transition(origin, to) for origin, following in _FORWARD.items() for to in following),
    created_in=(OPEN,),
)

CATEGORIES = {
    "billing": "Billing",
    "shipping": "Shipping",
    "product": "Product",
    "technical": "Technical",
    "damaged": "Damaged",
    "account": "Account",
    "booking": "Booking",
    "other": "Other",
}
_LABELS = {
    "general_query": "General query",
    "complaint": "Complaint",
    "return": "Return",
    "case_follow_up": "Case follow-up",
}

PLAYBOOK = Playbook(
    version=0,
    name="standard",
    types={key: TicketType(key, label, tuple(CATEGORIES), LIFECYCLE.key) for key, label in _LABELS.items()},
    categories=CATEGORIES,
    lifecycles={LIFECYCLE.key: LIFECYCLE},
)
