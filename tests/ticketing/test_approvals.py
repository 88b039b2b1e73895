"""Approvals as pure functions: who may decide, what counts, what voids, what a gate lets through."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.factories import NOW, a_person, a_ticket, after, an_actor
from tests.playbooks import IN_PROGRESS, REFUND, RESOLVED, gated
from ticketing.approvals import changes
from ticketing.approvals.approval import Approval, ApprovalState, Decision, Delegation, Effect, Purpose, Verdict
from ticketing.approvals.deciding import able_to_decide, authority_of, represented_by, says
from ticketing.approvals.fingerprint import fingerprint
from ticketing.approvals.gates import CLOSED_GATE, ApprovalNeeded, Gate, pass_action, pass_transition
from ticketing.approvals.shown import worded
from ticketing.people.actor import AI, Actor, person_acting
from ticketing.people.permissions import PermissionRefused, may_decide, who_decides
from ticketing.people.person import Person, Role
from ticketing.playbook.approval_rules import ApprovalRule, Approvers
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.playbook.lifecycle import Transition
from ticketing.tickets.changes import move
from ticketing.tickets.ticket import Stored, Ticket
from ticketing.triage.suggestion import Priority

TEAM, OTHER = uuid4(), uuid4()
MIA = a_person("Mia", teams=(TEAM,))
SARA = a_person("Sara", Role.SUPERVISOR, teams=(TEAM,))
FAR = a_person("Far", Role.SUPERVISOR, teams=(OTHER,))
ADA = a_person("Ada", Role.ADMIN)
BEN = replace(a_person("Ben", teams=(OTHER,)), team_names=frozenset({"finance"}))
PEOPLE = [MIA, SARA, FAR, ADA, BEN]
FIELDS = {"refund_amount": "250.00", "order_number": "78932"}
GATED = Transition(IN_PROGRESS, RESOLVED, approval=REFUND.key)


def a_refund(**fields: Any) -> Ticket:
    return a_ticket(IN_PROGRESS, **({"team_id": TEAM, "fields": FIELDS} | fields))


TICKET = a_refund()
PURPOSE = Purpose(IN_PROGRESS, NOW, RESOLVED)


def asked(
    *, rule: ApprovalRule = REFUND, purpose: Purpose = PURPOSE, by: Actor | None = None, ticket: Ticket = TICKET
) -> Approval:
    wanted = changes.Request(rule, purpose, by or person_acting(MIA), "Broken.")
    return changes.request(uuid4(), ticket, wanted, of=[SARA.id], playbook=7, at=NOW).approval


def said(approval: Approval, by: Person, verdict: Verdict = Verdict.APPROVE, *, so_far: int = 0) -> Decision:
    return Decision(approval.id, by.id, by.name, by.id, None, verdict, "", after(so_far))


def granted(approval: Approval) -> Approval:
    return replace(approval, state=ApprovalState.APPROVED)


class TestMayDecide:
    @pytest.mark.parametrize(
        ("approvers", "able"),
        [
            (Approvers(roles=frozenset({Role.SUPERVISOR})), {SARA.id}),
            (Approvers(roles=frozenset({Role.SUPERVISOR, Role.ADMIN})), {SARA.id, ADA.id}),
            (Approvers(roles=frozenset({Role.AGENT})), {MIA.id, BEN.id}),
            (Approvers(teams=frozenset({"finance"})), {BEN.id}),
            (Approvers(people=frozenset({FAR.email})), {FAR.id}),
            (Approvers(roles=frozenset({Role.ADMIN}), people=frozenset({MIA.email})), {ADA.id, MIA.id}),
        ],
        ids=["supervisors of its team", "or admins", "agents", "a team", "a person", "several"],
    )
    def test_exactly_those_whom_the_rule_names(self, approvers: Approvers, able: set[object]) -> None:
        assert {each.id for each in PEOPLE if may_decide(each, approvers, TICKET)} == able
        escalated = {each.id for each in PEOPLE if may_decide(each, approvers, TICKET, escalated=True)}
        assert escalated == able | {ADA.id}

    def test_nobody_supervises_a_ticket_without_a_team(self) -> None:
        approvers = Approvers(roles=frozenset({Role.SUPERVISOR}))
        assert not any(may_decide(each, approvers, a_refund(team_id=None)) for each in PEOPLE)

    def test_who_it_is_for_is_said_in_words(self) -> None:
        approvers = Approvers(frozenset({Role.SUPERVISOR}), frozenset({"finance"}), frozenset({"ben@example.com"}))
        assert who_decides(approvers) == "a supervisor of its team, somebody of team finance or ben@example.com"
        assert who_decides(REFUND.approvers) == "a supervisor of its team or an admin"


class TestWhoseSay:
    def whose(self, person: Person, approval: Approval, *represented: Person, decisions: Any = ()) -> str:
        found = authority_of(person, approval, REFUND, TICKET, represented=represented, decisions=decisions)
        return found.name

    def test_ones_own_comes_before_that_of_whom_one_represents(self) -> None:
        approval = asked()
        assert self.whose(SARA, approval, ADA) == "Sara"
        assert self.whose(BEN, approval, SARA) == "Sara"

    @pytest.mark.parametrize(
        ("person", "represented", "spoken"),
        [
            (MIA, (), ()),  # who asked
            (MIA, (SARA,), ()),  # who asked, for somebody else
            (BEN, (), ()),  # not named by the rule
            (FAR, (), ()),  # supervises another team
            (BEN, (SARA,), (SARA,)),  # a say counts once
        ],
    )
    def test_others_are_refused(self, person: Person, represented: Any, spoken: Any) -> None:
        approval = asked()
        with pytest.raises(PermissionRefused):
            self.whose(person, approval, *represented, decisions=[said(approval, each) for each in spoken])

    def test_nobody_decides_for_who_asked(self) -> None:
        with pytest.raises(PermissionRefused):
            self.whose(BEN, asked(by=person_acting(SARA)), SARA)

    def test_delegates_are_asked_and_pass_nothing_on(self) -> None:
        delegations = [Delegation(SARA.id, BEN.id, after(60)), Delegation(BEN.id, FAR.id, after(60))]
        able = able_to_decide(REFUND, TICKET, PEOPLE, delegations, requested_by=MIA.id)
        assert {each.name for each in able} == {"Sara", "Ada", "Ben"}
        assert says(REFUND, TICKET, PEOPLE, requested_by=MIA.id) == 2
        assert says(REFUND, TICKET, PEOPLE, requested_by=SARA.id) == 1
        assert represented_by(BEN, PEOPLE, delegations, NOW) == [SARA]
        assert represented_by(BEN, PEOPLE, delegations, after(60)) == []


class TestFingerprint:
    def of(self, ticket: Ticket = TICKET, rule: ApprovalRule = REFUND, purpose: Purpose = PURPOSE) -> str:
        return fingerprint(ticket, rule, purpose)

    def test_what_its_condition_asks_about_is_agreed_to_whatever_it_binds(self) -> None:
        rule = replace(REFUND, binds=(), amount=None)
        more, another = (
            replace(TICKET, fields=FIELDS | changed)
            for changed in ({"refund_amount": "25000.00"}, {"order_number": "1"})
        )
        assert self.of(more, rule) != self.of(TICKET, rule)
        assert self.of(another, rule) == self.of(TICKET, rule)
        asked_so = asked(rule=rule)
        assert changes.why_void(asked_so, more, rule) == "what was agreed to has changed: refund_amount"

    PLAIN = replace(TICKET, id=UUID(int=1), customer_id=UUID(int=2), type="return", category="damaged")

    def test_it_never_changes_its_form_unseen(self) -> None:
        """Approvals that wait in databases were made with it: another form voids them all."""
        assert self.of(self.PLAIN) == sha256(CANONICAL.encode()).hexdigest()

    def test_those_of_the_form_before_stay_good_for_what_they_were_asked_for(self) -> None:
        old = replace(asked(ticket=self.PLAIN), fingerprint=sha256(CANONICAL_BEFORE.encode()).hexdigest())
        assert changes.why_void(old, self.PLAIN, REFUND) is None
        more = replace(self.PLAIN, fields=FIELDS | {"refund_amount": "251.00"})
        assert changes.why_void(old, more, REFUND) == "the amount has changed"
        assert changes.why_void(old, self.PLAIN, replace(REFUND, quorum=2)) is not None

    def test_the_currency_and_the_note_belong_to_it(self) -> None:
        in_euros = replace(REFUND, currency="EUR")
        assert self.of(rule=in_euros) != self.of(rule=replace(REFUND, currency="USD"))
        assert changes.why_void(asked(), TICKET, in_euros) is not None
        assert fingerprint(TICKET, REFUND, PURPOSE, "Paid back by card") != self.of()

    @pytest.mark.parametrize(
        "changed",
        [
            {"fields": FIELDS | {"refund_amount": "2500.00"}},
            {"fields": FIELDS | {"order_number": "1"}},
            {"fields": {"order_number": "78932"}},
            {"type": "complaint"},
            {"category": "damaged"},
            {"customer_id": uuid4()},
            {"id": uuid4()},
        ],
        ids=["amount", "order", "no amount", "type", "category", "customer", "another ticket"],
    )
    def test_what_was_asked_changes_it(self, changed: dict[str, Any]) -> None:
        assert self.of(replace(TICKET, **changed)) != self.of()

    @pytest.mark.parametrize(
        "changed",
        [
            {"assignee_id": uuid4()},
            {"team_id": OTHER},
            {"priority": Priority.URGENT},
            {"version": 99},
            {"tags": ("vip",)},
            {"fields": FIELDS | {"photo": ["1"]}},
        ],
        ids=["assignee", "team", "priority", "version", "tags", "a field that it does not bind"],
    )
    def test_what_was_not_asked_does_not(self, changed: dict[str, Any]) -> None:
        assert self.of(replace(TICKET, **changed)) == self.of()

    @pytest.mark.parametrize(
        "changed",
        [
            {"quorum": 2},
            {"approvers": Approvers(roles=frozenset({Role.ADMIN}))},
            {"when": Condition("true")},
            {"when": None},
            {"binds": ("order_number",)},
        ],
        ids=["quorum", "approvers", "condition", "no condition", "what it binds"],
    )
    def test_the_policy_changes_it(self, changed: dict[str, Any]) -> None:
        assert self.of(rule=replace(REFUND, **changed)) != self.of()

    def test_what_the_rule_is_called_and_how_long_it_waits_do_not(self) -> None:
        assert self.of(rule=replace(REFUND, label="Big refund", expires=None)) == self.of()

    @pytest.mark.parametrize(
        "purpose",
        [
            replace(PURPOSE, to="closed"),
            replace(PURPOSE, action="refund"),
            replace(PURPOSE, since=after(1)),
            replace(PURPOSE, called_with="a digest"),
        ],
    )
    def test_another_purpose_has_another(self, purpose: Purpose) -> None:
        assert self.of(purpose=purpose) != self.of()


# Of ticket 1 of customer 2, a damaged return of 250.00 for order 78932, from in_progress to resolved.
CANONICAL_BEFORE = (
    '{"category":"damaged","customer":"00000000-0000-0000-0000-000000000002",'
    '"fields":{"order_number":"78932","refund_amount":"250.00"},"form":1,'
    '"purpose":{"action":null,"from":"in_progress","since":"2026-11-23T09:00:00+00:00","to":"resolved"},'
    '"rule":{"amount":"refund_amount","binds":["order_number","refund_amount"],"key":"refund_over_200","people":[],'
    '"quorum":1,"roles":["admin","supervisor"],"teams":[],'
    '"when":"fields.refund_amount != null && fields.refund_amount > 200"},'
    '"ticket":"00000000-0000-0000-0000-000000000001","type":"return"}'
)
CANONICAL = CANONICAL_BEFORE.replace(
    '{"category":"damaged","customer"', '{"called_with":null,"category":"damaged","currency":null,"customer"'
).replace('"form":1,', '"form":2,"note":"",')


class TestDecide:
    def decide(self, approval: Approval, by: Person, *so_far: Decision, **more: Any) -> changes.Settled:
        given: dict[str, Any] = {"verdict": Verdict.APPROVE, "authority": by, "at": after(9)} | more
        return changes.decide(approval, so_far, by=by, **given)

    @pytest.mark.parametrize(
        ("quorum", "agreed", "state"),
        [(1, 0, ApprovalState.APPROVED), (2, 0, ApprovalState.WAITING), (2, 1, ApprovalState.APPROVED)],
    )
    def test_the_last_one_that_is_needed_grants_it(self, quorum: int, agreed: int, state: ApprovalState) -> None:
        approval = replace(asked(), quorum=quorum)
        so_far = [said(approval, each) for each in (ADA, BEN)[:agreed]]
        settled = self.decide(approval, SARA, *so_far)
        assert settled.approval.state is state
        assert settled.record.after["state"] == state.value

    def test_one_rejection_ends_it_and_says_why(self) -> None:
        approval = replace(asked(), quorum=3)
        settled = self.decide(approval, SARA, said(approval, ADA), verdict=Verdict.REJECT, reason="Too much.")
        assert settled.approval.state is ApprovalState.REJECTED
        assert settled.decision is not None
        assert settled.decision.reason == "Too much."
        assert "Too much." not in str(settled.record)
        with pytest.raises(changes.ReasonMissing):
            self.decide(approval, SARA, verdict=Verdict.REJECT)

    def test_who_comes_second_is_told_by_whom(self) -> None:
        approval = granted(asked())
        decisions = [said(approval, SARA)]
        for by, words in ((ADA, "Sara has already approved this."), (SARA, "You have already approved this.")):
            with pytest.raises(changes.AlreadyDecided) as refused:
                self.decide(approval, by, *decisions)
            assert refused.value.message == words

    def test_agreeing_twice_counts_once(self) -> None:
        approval = replace(asked(), quorum=2)
        with pytest.raises(changes.AlreadyDecided):
            self.decide(approval, SARA, said(approval, SARA))

    def test_for_somebody_else_the_record_names_both(self) -> None:
        settled = self.decide(asked(), BEN, authority=SARA)
        assert (settled.record.actor.name, settled.record.after["for_name"]) == ("Ben", "Sara")

    @pytest.mark.parametrize(
        ("state", "error"),
        [(ApprovalState.VOID, changes.ApprovalVoid), (ApprovalState.EXPIRED, changes.ApprovalExpired)],
    )
    def test_what_has_ended_is_refused(self, state: ApprovalState, error: type[Exception]) -> None:
        with pytest.raises(error):
            self.decide(replace(asked(), state=state, because="so it is"), SARA)


class TestWhyVoid:
    @pytest.mark.parametrize(
        ("ticket", "rule", "why"),
        [
            (TICKET, REFUND, None),
            (replace(TICKET, fields=FIELDS | {"refund_amount": "9.00"}), REFUND, "the amount has changed"),
            (
                replace(TICKET, fields=FIELDS | {"order_number": "9"}),
                REFUND,
                "what was agreed to has changed: order_number",
            ),
            (replace(TICKET, status_since=after(1)), REFUND, "the ticket's status has changed"),
            (replace(TICKET, status=RESOLVED), REFUND, "the ticket's status has changed"),
            (replace(TICKET, discarded_at=NOW), REFUND, "the ticket was said to be none"),
            (TICKET, None, "the playbook knows no such approval any more"),
            (
                TICKET,
                replace(REFUND, quorum=2),
                "the ticket's type, category or customer, or the rule itself, has changed",
            ),
        ],
    )
    def test_says_what_is_not_so_any_more(self, ticket: Ticket, rule: ApprovalRule | None, why: str | None) -> None:
        assert changes.why_void(asked(), ticket, rule) == why

    def test_what_has_ended_is_not_voided_as_well(self) -> None:
        assert changes.why_void(replace(asked(), state=ApprovalState.USED), TICKET, None) is None


class TestGate:
    def gate(self, *approvals: Approval, amount: float | None = 250.0) -> Gate:
        return Gate({REFUND.key: REFUND}, {"fields": {"refund_amount": amount}}, approvals)

    def test_without_a_rule_everybody_passes(self) -> None:
        assert pass_transition(TICKET, Transition(IN_PROGRESS, RESOLVED), CLOSED_GATE) is None

    def test_where_the_rule_does_not_apply_nobody_is_asked(self) -> None:
        assert pass_transition(TICKET, GATED, self.gate(amount=200.0)) is None

    @pytest.mark.parametrize(
        "gate",
        [CLOSED_GATE, Gate({REFUND.key: REFUND}), Gate({REFUND.key: REFUND}, {"fields": {"refund_amount": "much"}})],
        ids=["nothing known", "no facts", "no number"],
    )
    def test_what_cannot_be_answered_needs_the_approval(self, gate: Gate) -> None:
        with pytest.raises(ApprovalNeeded):
            pass_transition(TICKET, GATED, gate)

    def test_a_request_that_waits_opens_nothing_and_is_told_of(self) -> None:
        with pytest.raises(ApprovalNeeded) as needed:
            pass_transition(TICKET, GATED, self.gate(asked()))
        assert needed.value.waiting

    def test_an_approval_opens_it_once(self) -> None:
        used = pass_transition(TICKET, GATED, self.gate(granted(asked())))
        assert used is not None
        assert (used.state, used.used) == (ApprovalState.USED, (Effect.TRANSITION,))
        with pytest.raises(ApprovalNeeded):
            pass_transition(TICKET, GATED, self.gate(used))

    @pytest.mark.parametrize(
        "other",
        [
            granted(asked(purpose=replace(PURPOSE, to="closed"))),
            granted(asked(purpose=Purpose(action="refund"))),
            granted(asked(ticket=a_refund())),
            replace(granted(asked()), rule="another"),
            replace(granted(asked()), fingerprint="0" * 64),
        ],
        ids=["to elsewhere", "of an action", "of another ticket", "by another rule", "of something else"],
    )
    def test_another_approval_does_not(self, other: Approval) -> None:
        with pytest.raises(ApprovalNeeded):
            pass_transition(TICKET, GATED, self.gate(other))

    def test_one_for_both_lets_the_action_and_the_transition_through_in_either_order(self) -> None:
        both = granted(asked(purpose=replace(PURPOSE, action="refund")))
        acted = pass_action(TICKET, "refund", REFUND.key, self.gate(both))
        assert acted is not None
        assert acted.state is ApprovalState.APPROVED
        moved = pass_transition(TICKET, GATED, self.gate(acted))
        assert moved is not None
        assert moved.state is ApprovalState.USED
        first = pass_transition(TICKET, GATED, self.gate(both))
        assert first is not None
        there = replace(TICKET, status=RESOLVED, status_since=after(9))
        assert pass_action(there, "refund", REFUND.key, self.gate(first)) is not None
        with pytest.raises(ApprovalNeeded):
            pass_action(TICKET, "goodwill", REFUND.key, self.gate(both))


class TestTime:
    def test_due_at_its_instant_and_only_while_it_waits(self) -> None:
        approval = asked()
        end = NOW + timedelta(days=2)
        assert approval.expires_at == end
        assert not changes.is_due(approval, end - timedelta(seconds=1))
        assert changes.is_due(approval, end)
        assert not changes.is_due(granted(approval), end)
        assert not changes.is_due(asked(rule=replace(REFUND, expires=None)), end)

    def test_asked_anew_it_is_the_same_question(self) -> None:
        approval = changes.expire(asked(by=AI), at=after(9)).approval
        again = changes.request_again(approval, uuid4(), REFUND, of=[ADA.id], at=after(9)).approval
        assert (again.fingerprint, again.why, again.requester) == (
            approval.fingerprint,
            approval.why,
            approval.requester,
        )
        assert (again.state, again.follows, again.asked) == (ApprovalState.WAITING, approval.id, (ADA.id,))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (Field("a", "Amount", FieldKind.MONEY, currency="USD"), "250.00", "250.00 USD"),
        (Field("a", "Why", FieldKind.DROPDOWN, options=(Option("x", "Worn"),)), "x", "Worn"),
        (Field("a", "Why", FieldKind.MULTI_SELECT, options=(Option("x", "Worn"),)), ["x", "gone"], "Worn, gone"),
        (Field("a", "Photos", FieldKind.FILE), ["1", "2"], "2 files"),
        (Field("a", "Sure", FieldKind.CHECKBOX), True, "yes"),
        (Field("a", "Order", FieldKind.TEXT), None, "none"),
        (None, "78932", "78932"),
    ],
)
def test_values_are_told_in_words(field: Field | None, value: Stored | None, words: str) -> None:
    assert worded(field, value) == words


def test_an_admin_is_no_exception_to_the_gate() -> None:
    with pytest.raises(ApprovalNeeded):
        move(TICKET, RESOLVED, by=an_actor(Role.ADMIN), at=NOW, playbook=gated())
