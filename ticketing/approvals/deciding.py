"""Who may decide about a request, and whose say it is: pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from ticketing.approvals.approval import Approval, Decision, Delegation
from ticketing.people.permissions import PermissionRefused, may_decide, who_decides
from ticketing.people.person import Person
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.tickets.ticket import Ticket


def authority_of(
    person: Person,
    approval: Approval,
    rule: ApprovalRule,
    ticket: Ticket,
    *,
    represented: Iterable[Person],
    decisions: Sequence[Decision],
) -> Person:
    """Whose say it is when this person decides: their own, else that of whom they represent. Each say counts once.

    `represented`: those whose delegate they are now. Raises PermissionRefused, with who could.
    """
    if person.id == approval.requested_by:
        raise PermissionRefused("You asked for this approval yourself: somebody else decides.")
    spoken = {each.authority_id for each in decisions} | {approval.requested_by}
    able = [
        each
        for each in (person, *represented)
        if may_decide(each, rule.approvers, ticket, escalated=approval.escalated)
    ]
    for each in able:
        if each.id not in spoken:
            return each
    if able:
        raise PermissionRefused("Whose delegate you are has asked for this, or had their say already.")
    who = who_decides(rule.approvers, escalated=approval.escalated)
    raise PermissionRefused(f"You may not decide about this approval: that is for {who}, and never for who asked.")


def can_decide(
    person: Person,
    approval: Approval,
    rule: ApprovalRule | None,
    ticket: Ticket,
    *,
    represented: Iterable[Person],
    decisions: Sequence[Decision],
) -> bool:
    """Whether it waits for this person too. `rule` None: the playbook has it no more, and nobody can."""
    if rule is None:
        return False
    try:
        authority_of(person, approval, rule, ticket, represented=represented, decisions=decisions)
    except PermissionRefused:
        return False
    return True


def able_to_decide(
    rule: ApprovalRule,
    ticket: Ticket,
    people: Sequence[Person],
    delegations: Sequence[Delegation],
    *,
    requested_by: UUID | None,
    escalated: bool = False,
) -> list[Person]:
    """Everybody who could decide now, by their own right or as somebody's delegate."""
    named = {
        each.id
        for each in people
        if each.id != requested_by and may_decide(each, rule.approvers, ticket, escalated=escalated)
    }
    standing_in = {each.to_id for each in delegations if each.person_id in named}
    return [each for each in people if each.id in named | standing_in and each.id != requested_by]


def says(
    rule: ApprovalRule, ticket: Ticket, people: Sequence[Person], *, requested_by: UUID | None, escalated: bool = False
) -> int:
    """How many different says there are: a quorum above it can never be reached."""
    return sum(
        each.id != requested_by and may_decide(each, rule.approvers, ticket, escalated=escalated) for each in people
    )


def represented_by(
    person: Person, people: Sequence[Person], delegations: Sequence[Delegation], at: datetime
) -> list[Person]:
    """Those whose delegate this person is then."""
    theirs = {each.person_id for each in delegations if each.to_id == person.id and each.until > at}
    return [each for each in people if each.id in theirs]
