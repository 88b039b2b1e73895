"""What was asked, as one hash: whatever of it changes, the approval is void (docs/decisions/0012).

Who has the ticket, its priority, subject and comments are no part of it.
"""

import hashlib
import json
from collections.abc import Mapping

from ticketing.approvals.approval import Purpose
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.tickets.ticket import Stored, Ticket

_FORM = 2  # of what is hashed
_OLD = 1  # without the currency, the note, and what the action is called with


def evidence(ticket: Ticket, rule: ApprovalRule) -> Mapping[str, Stored | None]:
    """The values of the fields that the rule binds, the amount first, and of those that its condition asks about."""
    asked = sorted(rule.when.fields) if rule.when else []
    keys = dict.fromkeys([*([rule.amount] if rule.amount else []), *rule.binds, *asked])
    return {key: ticket.fields.get(key) for key in keys}


def fingerprint(ticket: Ticket, rule: ApprovalRule, purpose: Purpose, note: str = "") -> str:
    """SHA-256 of the canonical JSON: keys sorted, no spaces, instants in ISO 8601. `note`: for the transition."""
    asked = _asked(ticket, rule, purpose)
    asked["form"] = _FORM
    asked["note"] = note
    asked["currency"] = rule.currency
    asked["called_with"] = purpose.called_with
    return _hashed(asked)


def is_as_asked(known: str, ticket: Ticket, rule: ApprovalRule, purpose: Purpose, note: str) -> bool:
    """Whether this fingerprint is made of just that. Those made in the old form stay good."""
    return known in (fingerprint(ticket, rule, purpose, note), _hashed({**_asked(ticket, rule, purpose), "form": _OLD}))


def _asked(ticket: Ticket, rule: ApprovalRule, purpose: Purpose) -> dict[str, object]:
    return {
        "ticket": str(ticket.id),
        "customer": str(ticket.customer_id),
        "type": ticket.type,
        "category": ticket.category,
        "fields": dict(evidence(ticket, rule)),
        "purpose": {
            "from": purpose.origin,
            "since": purpose.since.isoformat() if purpose.since else None,
            "to": purpose.to,
            "action": purpose.action,
        },
        "rule": _content(rule),
    }


def _hashed(asked: Mapping[str, object]) -> str:
    canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(rule: ApprovalRule) -> dict[str, object]:
    """The policy: who has to agree, when, and to what. Not what it is called, nor how long they have."""
    return {
        "key": rule.key,
        "roles": sorted(rule.approvers.roles),
        "teams": sorted(rule.approvers.teams),
        "people": sorted(rule.approvers.people),
        "when": rule.when.source if rule.when else None,
        "quorum": rule.quorum,
        "binds": sorted(rule.binds),
        "amount": rule.amount,
    }
