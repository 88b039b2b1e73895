"""Whose agreement policy wants where somebody of the desk calls an action by hand."""

import pytest

from ticketing.people.person import Role
from ticketing.playbook.approval_rules import ApprovalRule, Approvers
from ticketing.playbook.conditions import Condition
from ticketing.playbook.resolving import ActionPolicy, Otherwise, PolicyRule
from ticketing.resolution.hand_policy import PolicySaysNo, who_agrees
from ticketing.resolution.verdict import PolicyVerdict, RuleSaid, Ruling


def a_rule(key: str, otherwise: Otherwise, approval: str | None = None) -> PolicyRule:
    return PolicyRule(key, Condition("true"), "It is so.", otherwise, approval)


POLICY = ActionPolicy(
    "issue_refund",
    rules=(
        a_rule("arrived", Otherwise.PERSON),
        a_rule("small", Otherwise.APPROVAL, "agents"),
        a_rule("not_large", Otherwise.APPROVAL, "supervisors"),
    ),
)

APPROVALS = {
    key: ApprovalRule(key, key, approvers, quorum=quorum)
    for key, approvers, quorum in (
        ("agents", Approvers(frozenset({Role.AGENT, Role.ADMIN})), 1),
        ("two agents", Approvers(frozenset({Role.AGENT})), 2),
        ("a team", Approvers(frozenset({Role.SUPERVISOR}), teams=frozenset({"Returns"})), 2),
        ("the type's", Approvers(frozenset({Role.AGENT})), 1),
        ("supervisors", Approvers(frozenset({Role.SUPERVISOR, Role.ADMIN})), 1),
        ("the head", Approvers(people=frozenset({"sara@shop.example"})), 1),
    )
}


def said(ruling: Ruling, *failed: str) -> PolicyVerdict:
    return PolicyVerdict(ruling, "It is so.", {}, tuple(RuleSaid(each, False, "It is so.") for each in failed))


@pytest.mark.parametrize(
    ("verdict", "agrees"),
    [
        (said(Ruling.ALLOWED), None),
        (said(Ruling.NEEDS_APPROVAL, "small"), "agents"),
        (said(Ruling.NEEDS_APPROVAL, "small", "not_large"), "supervisors"),
        (said(Ruling.NEEDS_APPROVAL, "always.approval"), "the type's"),
        (said(Ruling.PERSON, "arrived"), "the type's"),  # a person may, if another agrees
        (said(Ruling.PERSON, "arrived", "small", "not_large"), "supervisors"),  # and nobody milder than without it
        (said(Ruling.NEEDS_CONFIRMATION, "confirmed"), "the type's"),
    ],
)
def test_the_strictest_that_policy_names_agrees_and_else_the_types_own(
    verdict: PolicyVerdict, agrees: str | None
) -> None:
    assert who_agrees(verdict, POLICY, "the type's", APPROVALS) == agrees


@pytest.mark.parametrize("ruling", [Ruling.PERSON, Ruling.NEEDS_CONFIRMATION])
@pytest.mark.parametrize(
    ("failed", "confirm", "agrees"),
    [
        ((), "supervisors", "supervisors"),
        (("small",), "supervisors", "supervisors"),  # a colleague would do for it alone
        (("small",), "two agents", "two agents"),
        (("small",), "a team", "a team"),
        (("small",), "agents", "agents"),
        (("small", "not_large"), "agents", "supervisors"),
        (("small", "not_large"), "two agents", "supervisors"),
        (("small", "not_large"), "the head", "the head"),
        (("small",), None, "agents"),
    ],
)
def test_one_more_rule_that_fails_makes_nothing_easier(
    ruling: Ruling, failed: tuple[str, ...], confirm: str | None, agrees: str
) -> None:
    assert who_agrees(said(ruling, "arrived", *failed), POLICY, confirm, APPROVALS) == agrees


def test_what_needs_an_approval_has_the_one_that_policy_names() -> None:
    assert who_agrees(said(Ruling.NEEDS_APPROVAL, "small"), POLICY, "supervisors", APPROVALS) == "agents"
    its_own = said(Ruling.NEEDS_APPROVAL, "always.approval", "small")  # whoever confirms for the type agrees
    assert who_agrees(its_own, POLICY, "supervisors", APPROVALS) == "supervisors"


@pytest.mark.parametrize(
    ("verdict", "confirm"),
    [
        (said(Ruling.REFUSED, "theirs"), "the type's"),
        (said(Ruling.PERSON, "always.facts"), "the type's"),  # nobody can agree to what nobody knows
        (said(Ruling.PERSON, "arrived"), None),
    ],
)
def test_what_policy_refuses_or_cannot_tell_or_nobody_may_agree_to_is_not_done(
    verdict: PolicyVerdict, confirm: str | None
) -> None:
    with pytest.raises(PolicySaysNo, match="policy says no: It is so"):
        who_agrees(verdict, POLICY, confirm, APPROVALS)
