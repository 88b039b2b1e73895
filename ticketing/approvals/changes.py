"""Everything that changes an approval, as pure functions: approval and intention in, new approval and record out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Value
from ticketing.approvals.approval import Approval, ApprovalState, Decision, Effect, Purpose, Verdict
from ticketing.approvals.fingerprint import evidence, fingerprint, is_as_asked
from ticketing.people.actor import AUTOMATION, SYSTEM, Actor, ActorKind, person_acting
from ticketing.people.person import Person
from ticketing.playbook.approval_rules import ApprovalRule, WhenExpired
from ticketing.tickets.ticket import Ticket


class AlreadyDecided(Refused):
    """The approval is settled, or this person has had their say."""


class ApprovalVoid(Refused):
    """What was asked is not so any more."""


class ApprovalExpired(Refused):
    """Nobody decided in time."""


class ReasonMissing(Refused):
    """A rejection says why."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An approval after a change, and its record. `decision`: somebody's, which is kept with it."""

    approval: Approval
    record: Record
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for, and what they say to it. `amount`: of a call, what it costs."""

    rule: ApprovalRule
    purpose: Purpose
    by: Actor
    why: str = ""
    note: str = ""
    amount: str | None = None


def request(
    new_id: UUID, ticket: Ticket, asked: Request, *, of: Sequence[UUID], playbook: int, at: datetime
) -> Settled:
    """Ask for an approval. `of`: the people who can give it now."""
    rule, by = asked.rule, asked.by
    approval = Approval(
        new_id,
        ticket.id,
        rule.key,
        rule.label,
        asked.purpose,
        by.id if by.kind is ActorKind.AGENT else None,
        by.kind,
        by.name,
        at,
        asked.why,
        asked.note,
        asked.amount if asked.purpose.called_with is not None else _amount(ticket, rule),
        evidence(ticket, rule),
        fingerprint(ticket, rule, asked.purpose, asked.note),
        playbook,
        rule.quorum,
        tuple(of),
        at + rule.expires if rule.expires else None,
    )
    return Settled(approval, Record("approval.requested", by, at, {}, _told(approval)))


def request_again(expired: Approval, new_id: UUID, rule: ApprovalRule, *, of: Sequence[UUID], at: datetime) -> Settled:
    """The same request anew, because nobody decided; escalated, where the rule says so."""
    again = replace(
        expired,
        id=new_id,
        requested_at=at,
        asked=tuple(of),
        expires_at=at + rule.expires if rule.expires else None,
        follows=expired.id,
        escalated=rule.then is WhenExpired.ESCALATE,
        state=ApprovalState.WAITING,
        settled_at=None,
        because=None,
    )
    more: dict[str, Value] = {"follows": str(expired.id), "escalated": again.escalated}
    return Settled(again, Record("approval.requested", AUTOMATION, at, {}, {**_told(again), **more}))


def why_void(approval: Approval, ticket: Ticket, rule: ApprovalRule | None) -> str | None:
    """What of that which was asked is not so any more, in words. None: all of it still is."""
    if not approval.is_open:
        return None
    if ticket.discarded_at is not None:
        return "the ticket was said to be none"
    if ticket.merged_into is not None:
        return "the ticket was merged into another one"
    if rule is None:
        return "the playbook knows no such approval any more"
    if Effect.TRANSITION not in approval.used and not approval.purpose.holds_for(ticket):
        return "the ticket's status has changed"
    if is_as_asked(approval.fingerprint, ticket, rule, approval.purpose, approval.note):
        return None
    now = evidence(ticket, rule)
    changed = [key for key, value in approval.evidence.items() if key not in now or now[key] != value]
    if rule.amount in changed:
        return "the amount has changed"
    if changed:
        return f"what was agreed to has changed: {', '.join(changed)}"
    return "the ticket's type, category or customer, or the rule itself, has changed"


def void(approval: Approval, why: str, *, at: datetime) -> Settled:
    """What was asked is not so any more."""
    return _ended(approval, ApprovalState.VOID, why, SYSTEM, "approval.voided", at)


def expire(approval: Approval, *, at: datetime) -> Settled:
    """Its time is over."""
    return _ended(approval, ApprovalState.EXPIRED, "nobody decided in time", AUTOMATION, "approval.expired", at)


def is_due(approval: Approval, at: datetime) -> bool:
    """Whether its time is over, and nobody has decided."""
    return approval.state is ApprovalState.WAITING and approval.expires_at is not None and approval.expires_at <= at


def require_waiting(approval: Approval, decisions: Sequence[Decision], person: Person) -> None:
    """Raises AlreadyDecided, ApprovalVoid, ApprovalExpired: there is nothing left for this person to decide."""
    if approval.state is ApprovalState.VOID:
        raise ApprovalVoid(f"This approval is void: {approval.because}. It has to be asked for anew.")
    if approval.state is ApprovalState.EXPIRED:
        raise ApprovalExpired("This approval has expired. It has to be asked for anew.")
    if approval.state is not ApprovalState.WAITING:
        last = max(decisions, key=lambda each: each.at)
        who = "You have" if last.person_id == person.id else f"{last.name} has"
        what = "rejected" if last.verdict is Verdict.REJECT else "approved"
        raise AlreadyDecided(f"{who} already {what} this.")
    if any(each.person_id == person.id for each in decisions):
        raise AlreadyDecided("You have already approved this. Somebody else has to agree as well.")


def decide(
    approval: Approval,
    decisions: Sequence[Decision],
    *,
    by: Person,
    authority: Person,
    verdict: Verdict,
    reason: str = "",
    at: datetime,
) -> Settled:
    """One person's say; `authority`: whose it is. The last approval that is needed grants it, one rejection ends it.

    Raises AlreadyDecided, ApprovalVoid, ApprovalExpired, ReasonMissing.
    """
    require_waiting(approval, decisions, by)
    if verdict is Verdict.REJECT and not reason:
        raise ReasonMissing("Say why, so that whoever asked knows what to do.")
    behalf = authority.name if authority.id != by.id else None
    said = Decision(approval.id, by.id, by.name, authority.id, behalf, verdict, reason, at)
    state = ApprovalState.REJECTED
    if verdict is Verdict.APPROVE:
        agreed = sum(each.verdict is Verdict.APPROVE for each in decisions) + 1
        state = ApprovalState.APPROVED if agreed >= approval.quorum else ApprovalState.WAITING
    settled = replace(approval, state=state, settled_at=None if state is ApprovalState.WAITING else at)
    after: dict[str, Value] = {"approval": str(approval.id), "verdict": verdict.value, "state": state.value}
    if behalf is not None:
        after |= {"for": str(authority.id), "for_name": behalf}
    before = {"state": approval.state.value}
    return Settled(settled, Record("approval.decided", person_acting(by), at, before, after), said)


def use(approval: Approval, effect: Effect) -> Approval:
    """What it allows has happened: this part of it allows nothing more."""
    used = (*approval.used, effect)
    done = approval.purpose.effects <= set(used)
    return replace(approval, used=used, state=ApprovalState.USED if done else approval.state, because=None)


def not_followed(approval: Approval, why: str, *, at: datetime) -> Settled:
    """It was approved, and what was asked for could not follow by itself. It stays good."""
    after = {"approval": str(approval.id), "status": approval.purpose.to, "why": why}
    return Settled(replace(approval, because=why), Record("approval.not_followed", SYSTEM, at, {}, after))


def _ended(approval: Approval, state: ApprovalState, why: str, by: Actor, kind: str, at: datetime) -> Settled:
    before = {"state": approval.state.value}
    after = {"approval": str(approval.id), "state": state.value, "why": why}
    settled = replace(approval, state=state, settled_at=at, because=why)
    return Settled(settled, Record(kind, by, at, before, after))


def _amount(ticket: Ticket, rule: ApprovalRule) -> str | None:
    value = ticket.fields.get(rule.amount) if rule.amount else None
    return value if isinstance(value, str) else None


def _told(approval: Approval) -> Mapping[str, Value]:
    """What the record keeps of a request: no words that anybody wrote."""
    purpose = approval.purpose
    return {
        "approval": str(approval.id),
        "rule": approval.rule,
        "from": purpose.origin,
        "status": purpose.to,
        "action": purpose.action,
        "amount": approval.amount,
        "fingerprint": approval.fingerprint,
        "playbook": approval.playbook,
        "quorum": approval.quorum,
    }
