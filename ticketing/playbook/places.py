"""What saved replies may leave open: `{{customer.name}}` and the like. Filling them in is not done here."""

import re

PLACES = {
    "customer.name": "the customer's name",
    "ticket.number": "the ticket's number",
    "ticket.subject": "its subject",
    "ticket.type": "the label of its type",
    "ticket.category": "the label of its category",
    "ticket.status": "the label of its status",
    "agent.name": "who sends it",
}
FIELD = "fields."  # before the key of a field: its value, as people read it
PLACE = re.compile(r"\{\{([^{}]*)\}\}")  # with the blanks around its name: taking them off here could take minutes


def places(text: str) -> list[tuple[int, str]]:
    """Where something is left open, and what: offset and name."""
    return [(match.start(), match[1].strip()) for match in PLACE.finditer(text)]
