"""A ticket as a line of a list."""

from typing import Any

from storage.database import Row
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import TicketLine
from ticketing.triage.suggestion import Priority

# Of `t`, with the names that NAMES joins to it. In the order in which `line` takes them.
COLUMNS = """
    t.id, t.number, t.subject, t.type, t.category, t.status, t.status_category, t.priority, t.channel,
    team.name AS team, person.name AS assignee,
    (SELECT name FROM customer WHERE customer.id = t.customer_id) AS customer,
    t.created_at, t.updated_at, t.due_at, t.tags, t.fields
"""
NAMES = "LEFT JOIN team ON team.id = t.team_id LEFT JOIN person ON person.id = t.assignee_id"

_WIDTH = 17
_STAGES = {each.value: each for each in StatusCategory}
_PRIORITIES = {each.value: each for each in Priority}


def line(row: Row) -> TicketLine:
    """Of a row that begins with COLUMNS."""
    # By place: a page is made of nearly a thousand values, and by name each would be looked for.
    values: list[Any] = list(row[:_WIDTH])
    values[6], values[7] = _STAGES[values[6]], _PRIORITIES[values[7]]
    values[15] = tuple(values[15])
    return TicketLine(*values)
