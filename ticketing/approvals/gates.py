"""The gate of a transition: whether it needs an approval here, and whether one was given for exactly this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import Refused
from ticketing.approvals.approval import Approval, ApprovalState, Effect, Purpose
from ticketing.approvals.changes import use, why_void
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.playbook.conditions import Context
from ticketing.playbook.lifecycle import Transition
from ticketing.tickets.ticket import Ticket


class ApprovalNeeded(Refused):
    """Somebody else has to agree first. `rule` is the key of the rule; `waiting`: they were asked already."""

    def __init__(self, rule: str, label: str, *, waiting: bool) -> None:
        now = "It has been asked for, and waits for a decision." if waiting else "Ask for it first."
        super().__init__(f"This needs an approval: {label}. {now}")
        self.rule = rule
        self.label = label
        self.waiting = waiting


@dataclass(frozen=True, slots=True)
class Gate:
    """What a transition's gate has to know. Nothing known: whatever is gated needs an approval and has none."""

    rules: Mapping[str, ApprovalRule] = field(default_factory=dict)
    facts: Context = field(default_factory=dict)
    approvals: Sequence[Approval] = ()  # of the ticket, those that are open


CLOSED_GATE = Gate()


def pass_transition(ticket: Ticket, transition: Transition, gate: Gate) -> Approval | None:
    """The approval that lets the ticket through, used. None: it needs none. Raises ApprovalNeeded."""
    if transition.approval is None:
        return None
    rule = gate.rules.get(transition.approval)
    if rule is not None and not asks(rule, gate.facts):
        return None
    purpose = Purpose(origin=ticket.status, to=transition.to)
    return _pass(ticket, transition.approval, Effect.TRANSITION, purpose, gate)


def pass_action(ticket: Ticket, action: str, rule: str, gate: Gate, *, called_with: str | None = None) -> Approval:
    """The same for calling an action. Whether it needs one is not asked here: its policy has said so.

    `called_with`: digest of its arguments. Raises ApprovalNeeded.
    """
    return _pass(ticket, rule, Effect.ACTION, Purpose(action=action, called_with=called_with), gate)


def _pass(ticket: Ticket, key: str, effect: Effect, purpose: Purpose, gate: Gate) -> Approval:
    rule = gate.rules.get(key)
    about = [each for each in gate.approvals if each.rule == key and _covers(each, effect, purpose)]
    for each in about:
        granted = each.state is ApprovalState.APPROVED and effect not in each.used
        if granted and why_void(each, ticket, rule) is None:
            return use(each, effect)
    waiting = any(each.state is ApprovalState.WAITING and why_void(each, ticket, rule) is None for each in about)
    raise ApprovalNeeded(key, rule.label if rule else key, waiting=waiting)


def asks(rule: ApprovalRule, facts: Context) -> bool:
    """Whether the rule applies to a ticket of which this is so. What cannot be answered needs the approval."""
    return rule.when is None or rule.when.holds(facts, otherwise=True)


def _covers(approval: Approval, effect: Effect, purpose: Purpose) -> bool:
    if effect is Effect.ACTION:
        asked = approval.purpose
        return (asked.action, asked.called_with) == (purpose.action, purpose.called_with)
    return (approval.purpose.origin, approval.purpose.to) == (purpose.origin, purpose.to)
