"""A request as people see it: labels instead of keys. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.approvals.approval import Approval, ApprovalState, Decision, Verdict
from ticketing.people.permissions import who_decides
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.shown_steps import action_label
from ticketing.resolution.verdict import RuleSaid
from ticketing.tickets.ticket import Stored


@dataclass(frozen=True, slots=True)
class Evidence:
    """What policy decided by: label and value of each fact that its rules look at, and what each rule said."""

    run_id: UUID
    facts: tuple[tuple[str, str], ...]
    rules: tuple[RuleSaid, ...]


@dataclass(frozen=True, slots=True)
class ShownApproval:
    id: UUID
    label: str  # what is asked for
    purpose: str  # "In progress → Resolved"
    amount: str | None
    evidence: tuple[tuple[str, str], ...]  # label and value of each field that was agreed to, beside the amount
    why: str
    requester: str
    requested_at: datetime
    who: str  # may decide
    quorum: int
    decisions: tuple[Decision, ...]
    state: ApprovalState
    because: str | None
    settled_at: datetime | None
    expires_at: datetime | None
    repeated: bool  # asked for anew, because nobody decided
    escalated: bool
    followed: bool  # what was asked for has happened
    now: str  # label of the ticket's status now
    last_words: str | None = None  # the customer's newest message on the ticket
    asked: tuple[str, ...] = ()  # Slack's ids of those who can decide
    requester_slack: str | None = None
    found: Evidence | None = None  # what the AI found out before it asked

    @property
    def agreed(self) -> int:
        return sum(each.verdict is Verdict.APPROVE for each in self.decisions)


@dataclass(frozen=True, slots=True)
class WaitingApproval:
    """A request that nobody has decided about, in short: what a card says of it."""

    label: str
    amount: str | None
    requester: str
    since: datetime
    who: str  # may decide
    others: int  # more requests of this ticket that wait
    post_ts: str | None  # where the request stands in the ticket's thread; None: not yet


def waiting(
    rule_key: str,
    label: str,
    evidence: Mapping[str, Stored],
    playbook: Playbook,
    *,
    call: str | None,
    requester: str,
    since: datetime,
    escalated: bool,
    others: int,
    post_ts: str | None,
) -> WaitingApproval:
    """In the words of the rule as it is now. `call`: what the call that is asked for costs; None: it is no call, and
    the amount is that of the rule's field.
    """
    rule = playbook.approvals.get(rule_key)
    field = rule.amount if rule else None
    amount = worded(playbook.fields.get(field), evidence[field]) if field and field in evidence else None
    return WaitingApproval(
        label,
        amount if call is None else call or None,
        requester,
        since,
        who_decides(rule.approvers, escalated=escalated) if rule else "nobody any more",
        others,
        post_ts,
    )


def shown(
    approval: Approval,
    playbook: Playbook,
    decisions: Sequence[Decision],
    *,
    kind: str,
    status: str,
    last_words: str | None = None,
    slack_users: Mapping[UUID, str] | None = None,
    found: Evidence | None = None,
) -> ShownApproval:
    """`kind` and `status`: the ticket's type and status now. `slack_users`: of people who are known in Slack. `found`:
    where the AI asks.
    """
    rule = playbook.approvals.get(approval.rule)
    known = slack_users or {}
    values = {key: worded(playbook.fields.get(key), value) for key, value in approval.evidence.items()}
    amount_of, amount = rule.amount if rule else None, approval.amount
    if approval.call is None:
        amount = values.get(amount_of or "", amount)
    return ShownApproval(
        id=approval.id,
        label=approval.label,
        purpose=_purpose(approval, playbook, kind),
        amount=amount,
        evidence=tuple(
            (playbook.fields[key].label if key in playbook.fields else key, value)
            for key, value in values.items()
            if key != amount_of or value != amount
        ),
        why=approval.why,
        requester=approval.requester,
        requested_at=approval.requested_at,
        who=who_decides(rule.approvers, escalated=approval.escalated) if rule else "nobody any more",
        quorum=approval.quorum,
        decisions=tuple(decisions),
        state=approval.state,
        because=approval.because,
        settled_at=approval.settled_at,
        expires_at=approval.expires_at,
        repeated=approval.follows is not None,
        escalated=approval.escalated,
        followed=bool(approval.used),
        now=_status(playbook, kind, status),
        last_words=last_words,
        asked=tuple(known[each] for each in approval.asked if each in known),
        requester_slack=known.get(approval.requested_by) if approval.requested_by else None,
        found=found,
    )


def worded(field: Field | None, value: Stored | None) -> str:
    """A stored value for people: "250.00 USD", "Arrived damaged"."""
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field is not None and field.kind is FieldKind.FILE and isinstance(value, list):
        return "1 file" if len(value) == 1 else f"{len(value)} files"
    labels = {option.key: option.label for option in field.options} if field else {}
    if isinstance(value, list):
        return ", ".join(labels.get(each, each) for each in value)
    return f"{value} {field.currency}" if field is not None and field.currency else labels.get(value, value)


def _purpose(approval: Approval, playbook: Playbook, kind: str) -> str:
    purpose = approval.purpose
    parts = [action_label(purpose.action, playbook)] if purpose.action else []
    if purpose.to is not None:
        origin = _status(playbook, kind, purpose.origin or "")
        parts.append(f"{origin} → {_status(playbook, kind, purpose.to)}")
    return ", ".join(parts)


def _status(playbook: Playbook, kind: str, key: str) -> str:
    try:
        return playbook.lifecycle(kind).status(key).label
    except KeyError:
        return key
