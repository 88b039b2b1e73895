"""The process Threadline ships with, until a playbook of one's own replaces it (SPEC 2.5, 3.1, 3.2)."""

from datetime import timedelta

from ticketing.playbook.lifecycle import Lifecycle, Status, StatusCategory
from ticketing.triage.suggestion import Vocabulary

TYPES = {
    "complaint": "Complaint",
    "general_query": "General query",
    "return": "Return",
    "case_follow_up": "Case follow-up",
}

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

VOCABULARY = Vocabulary(types=TYPES, categories=CATEGORIES)

OPEN, IN_PROGRESS, WAITING, RESOLVED, CLOSED = "open", "in_progress", "waiting_on_customer", "resolved", "closed"

LIFECYCLE = Lifecycle(
    statuses=(
        Status(OPEN, "Open", StatusCategory.OPEN),
        Status(IN_PROGRESS, "In progress", StatusCategory.ACTIVE),
        Status(WAITING, "Waiting on customer", StatusCategory.PENDING),
        Status(RESOLVED, "Resolved", StatusCategory.RESOLVED),
        Status(CLOSED, "Closed", StatusCategory.CLOSED),
    ),
    arrows={
        OPEN: (IN_PROGRESS, WAITING, RESOLVED),
        IN_PROGRESS: (WAITING, RESOLVED),
        WAITING: (IN_PROGRESS, RESOLVED),
        RESOLVED: (IN_PROGRESS, CLOSED),
        CLOSED: (),  # a customer who comes back gets a new ticket
    },
    initial=OPEN,
    answered=IN_PROGRESS,
    reopened=IN_PROGRESS,
)

REOPEN_WINDOW = timedelta(days=7)  # after it, the same issue is a new ticket
SURE_ENOUGH = 0.75  # a brain less sure than this that something is, or is not, a ticket: a person decides
