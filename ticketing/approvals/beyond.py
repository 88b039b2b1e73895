"""Gates hold for what lies beyond them, too: a ticket stands where only an approval leads as it was agreed to. Pure.

Else 150 would pass where 250 needs somebody's agreement, and become 250 on the other side.
"""

from ticketing.approvals.fingerprint import evidence
from ticketing.approvals.gates import asks
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.playbook.conditions import Context
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket


def free_statuses(ticket: Ticket, playbook: Playbook, facts: Context) -> frozenset[str]:
    """Where a ticket of its type, as `facts` tell of it, can come to without anybody's agreement."""
    rules = playbook.lifecycle(ticket.type)
    free, todo = set(rules.created_in), list(rules.created_in)
    while todo:
        here = todo.pop()
        for arrow in rules.transitions:
            if arrow.origin != here or arrow.to in free:
                continue
            rule = playbook.approvals.get(arrow.approval) if arrow.approval is not None else None
            if arrow.approval is None or (rule is not None and not asks(rule, facts)):
                free.add(arrow.to)
                todo.append(arrow.to)
    return frozenset(free)


def has_gates(ticket: Ticket, playbook: Playbook) -> bool:
    """Whether there is any approval on its ways."""
    return any(arrow.approval is not None for arrow in playbook.lifecycle(ticket.type).transitions)


def not_agreed(
    before: Ticket, after: Ticket, playbook: Playbook, *, was: Context, facts: Context, to: str | None = None
) -> ApprovalRule | None:
    """The rule by which somebody would have to agree to what `after` says, and has not. None: all is as agreed.

    `was` and `facts` tell of the two; `to`: where the ticket goes with it.
    """
    rules = playbook.lifecycle(after.type)
    here, free = rules.status(after.status).key, free_statuses(after, playbook, facts)
    if here in free or to in free:
        return None
    came_freely = here in free_statuses(before, playbook, was)
    for key in dict.fromkeys(arrow.approval for arrow in rules.transitions):
        rule = playbook.approvals.get(key) if key is not None else None
        if rule is None or not asks(rule, facts):
            continue
        if came_freely or evidence(before, rule) != evidence(after, rule):
            return rule
    return None
