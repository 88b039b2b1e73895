"""Who has to agree to a write: one approval, given before it, lets the action and the ticket's way after it through.

Pure. Asking for it and using it is `approvals/for_action.py`.
"""

from collections.abc import Mapping
from decimal import Decimal

from ticketing.approvals.gates import Gate, asks
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy, MoveTo
from ticketing.resolution.arguments import confirmation, currency_of
from ticketing.resolution.run import Json, Run
from ticketing.resolution.verdict import PolicyVerdict, Ruling
from ticketing.tickets.ticket import Ticket

_SOMEBODY_AGREES = frozenset({Autonomy.ACT_WITH_APPROVAL, Autonomy.SUGGEST})


class NobodyNamed(Exception):
    """Who has to agree cannot be told from the playbook. It never leaves a run."""


def rule_for(verdict: PolicyVerdict, run: Run, reach: Autonomy, policy: AiPolicy, playbook: Playbook) -> str | None:
    """The key of the approval rule; None: nobody has to agree (any more), because a person's "do it" is what the
    type's own approval asks for, whoever wants it. `reach`: how far the run may go by now.

    Raises NobodyNamed.
    """
    confirmed = _word_counts(run, policy, playbook)
    if verdict.ruling is Ruling.NEEDS_APPROVAL and verdict.approval is not None:
        return None if confirmed and verdict.approval == policy.confirm else verdict.approval
    if confirmed or (verdict.ruling is Ruling.ALLOWED and reach not in _SOMEBODY_AGREES):
        return None
    if policy.confirm is None:
        raise NobodyNamed("Somebody has to agree, and the playbook names nobody.")
    return policy.confirm


def _word_counts(run: Run, policy: AiPolicy, playbook: Playbook) -> bool:
    """Whether somebody's "do it" is the approval that the type asks for: it is one person's, and no quorum."""
    rule = playbook.approvals.get(policy.confirm or "")
    return run.agreed is not None and (rule is None or rule.quorum == 1)


def gate_rule(ticket: Ticket, move: MoveTo | None, playbook: Playbook, gate: Gate) -> str | None:
    """The approval that the ticket's own way asks for. None: none."""
    arrow = playbook.lifecycle(ticket.type).transition(ticket.status, move.to) if move is not None else None
    rule = gate.rules.get(arrow.approval) if arrow is not None and arrow.approval is not None else None
    return rule.key if rule is not None and asks(rule, gate.facts) else None


def same_rule(action: str | None, way: str | None) -> str | None:
    """The one approval that lets both through, the action and the ticket's way. Raises NobodyNamed."""
    if action is not None and way is not None and action != way:
        raise NobodyNamed(f"Two different approvals would be needed: {action} and {way}.")
    return action or way


def agreed_to(action: str, arguments: Mapping[str, Json], amount: Decimal | None) -> str:
    """The digest of what somebody agrees to: with what it costs, which need not be one of the arguments."""
    return confirmation(action, {**arguments, **({} if amount is None else {"": str(amount)})})


def costs(arguments: Mapping[str, Json], amount: Decimal | None) -> str | None:
    """What they would agree to, in words: "89.00 USD"."""
    return None if amount is None else f"{amount} {currency_of(arguments)[:20]}".strip()
