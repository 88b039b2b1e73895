"""What conditions may ask about a ticket beside the ticket itself; read only where a condition asks for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ticketing.customers.customer import Customer
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket

_ASKED = re.compile(r"\bcustomer\.|\bconversation\.|\bticket\.(channel|team)\b")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one ticket. What is not known, or was not asked for, is None."""

    channel: str | None = None  # of its conversation
    team: str | None = None  # its name
    customer: Customer | None = None


NOT_ASKED = Surroundings()


def are_asked(ticket: Ticket, playbook: Playbook) -> bool:
    """Whether a condition about tickets of this type asks for them."""
    return any(_ASKED.search(condition.source) for condition in _conditions(ticket, playbook))


def _conditions(ticket: Ticket, playbook: Playbook) -> Iterator[Condition]:
    for key in playbook.type(ticket.type).fields:
        field = playbook.fields[key]
        if field.show is not None:
            yield field.show
        if isinstance(field.required, Condition):
            yield field.required
    for transition in playbook.lifecycle(ticket.type).transitions:
        if transition.when is not None:
            yield transition.when
    for rule in playbook.approvals.values():
        if rule.when is not None:
            yield rule.when
