"""A decision of the past is the same when it is judged again, and a draft says which would not be."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from tests.ticketing.resolution.refunds import (
    ADA,
    ORDER,
    PLAYBOOK,
    POLICY,
    a_context,
    a_rule,
    looked,
    policy,
)
from tests.ticketing.resolution.test_context import through_a_database
from threadline import OutcomeKind
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.conditions import Condition, Expression
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import ActionPolicy, Autonomy, Calling, Otherwise, Recipe
from ticketing.resolution.context import stored
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Earlier
from ticketing.resolution.record import as_json, verdict_as_json
from ticketing.resolution.replay import Draft, PastRun, decision, judged_again
from ticketing.resolution.run import Run, Step, StepKind

TYPE = "general_query"


def a_playbook(
    on: ActionPolicy | None = POLICY, *, autonomy: Autonomy = Autonomy.ACT_ALONE, version: int = 1
) -> Playbook:
    kind = replace(PLAYBOOK.types[TYPE], ai=AiPolicy(autonomy=autonomy, recipes=("refund",)))
    return replace(
        PLAYBOOK,
        version=version,
        types={**PLAYBOOK.types, TYPE: kind},
        recipes={"refund": Recipe("refund", "Refund", Calling("issue_refund"))},
        action_policies={on.action: on} if on else {},
    )


BEFORE = a_playbook()


def a_decision(proposed: dict[str, Any] | None = None, *, on: ActionPolicy | None = POLICY, **facts: Any) -> Step:
    """As a run leaves it in the record."""
    proposed, context = {"order": "78932"} if proposed is None else proposed, a_context(**facts)
    verdict = judge(on, proposed, context)
    inputs = {"proposed": as_json(proposed), "context": stored(context), "playbook": 1}
    kept = through_a_database({"inputs": inputs, "outputs": {"verdict": verdict_as_json(verdict)}})
    return Step(uuid4(), 3, StepKind.DECIDE, "issue_refund", NOW, outcome=verdict.ruling.value, **kept)


def a_past(*decisions: Step, kind: str = TYPE, ticket: int = 7) -> PastRun:
    run = Run(uuid4(), uuid4(), uuid4(), ADA.id, kind, 1, Autonomy.ACT_ALONE, NOW)
    return PastRun(run, ticket, decisions)


def tried(after: Playbook, *decisions: Step) -> Draft:
    draft = Draft(after, {1: BEFORE})
    for place, each in enumerate(decisions):
        draft.add(a_past(each, ticket=place))
    return draft


class TestADecisionOfThePast:
    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"refundable": "250.00"},
            {"refundable": "0.001"},
            {"email": "eve@example.com"},
            {"proven": False},
            {"facts": looked(OutcomeKind.NOT_FOUND)},
            {"facts": {}},
            {"earlier": Earlier(2, Decimal("211.01"))},
        ],
    )
    def test_is_the_same_again(self, facts: dict[str, Any]) -> None:
        recorded = decision(a_decision(**facts))
        again, differences = judged_again(recorded, BEFORE)
        assert (again, differences) == (recorded.verdict, [])

    @given(
        st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["order", "reason", "amount"]),
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
            max_size=4,
        )
    )
    def test_whatever_was_proposed(self, proposed: dict[str, Any]) -> None:
        assert judged_again(decision(a_decision(proposed)), BEFORE)[1] == []

    def test_is_loud_where_it_is_not(self) -> None:
        recorded = decision(a_decision())
        other = policy(a_rule("theirs", "facts.order.refundable > 100", Otherwise.REFUSE, because="Another."))
        _, found = judged_again(recorded, a_playbook(other))
        told = {each.what: (each.recorded, each.again) for each in found}
        assert told["ruling"] == ("allowed", "refused")
        assert told["rule theirs"] == ("held", "failed")
        assert told["rule small"] == ("held", "not asked")

    def test_tampered_with_it_is_seen(self) -> None:
        step = a_decision(refundable="250.00")
        lied = {**step.outputs["verdict"], "ruling": "allowed", "approval": None, "decided_by": None}
        _, found = judged_again(decision(replace(step, outputs={"verdict": lied})), BEFORE)
        assert {"ruling", "approval", "decided_by"} <= {each.what for each in found}

    @pytest.mark.parametrize("part", ["proposed", "context", "playbook"])
    def test_of_another_form_is_said(self, part: str) -> None:
        step = a_decision()
        inputs = {name: each for name, each in step.inputs.items() if name != part}
        for broken in (inputs, inputs | {part: "?"}, inputs | {part: {"names": 5}}):
            if part == "proposed" and part in broken:
                continue  # whatever a brain proposes may stand there
            with pytest.raises(ValueError, match="step 3"):
                decision(replace(step, inputs=broken))


class TestADraft:
    def test_that_says_the_same_flips_nothing(self) -> None:
        draft = tried(a_playbook(version=2), a_decision(), a_decision(refundable="250.00"))
        assert (draft.runs, draft.decisions, draft.same, draft.flips, draft.unsaid) == (2, 2, 2, [], [])

    def test_tells_what_would_flip_and_the_money(self) -> None:
        generous = policy(*(each for each in POLICY.rules if each.key not in ("small", "not_large")))
        draft = tried(
            a_playbook(generous), a_decision(), a_decision(refundable="150.00"), a_decision(refundable="250.00")
        )
        found = [(each.before, each.after, each.times, dict(each.amounts), each.examples) for each in draft.flips]
        assert found == [
            ("needs approval (refund_confirmed)", "allowed", 1, {"EUR": Decimal("150.00")}, [1]),
            ("needs approval (refund_over_200)", "allowed", 1, {"EUR": Decimal("250.00")}, [2]),
        ]
        assert (dict(draft.more_out), dict(draft.less_out), draft.same) == ({"EUR": Decimal("400.00")}, {}, 1)

    def test_stricter_it_keeps_money_in(self) -> None:
        strict = policy(*POLICY.rules[:-2], a_rule("small", "arguments.amount < 50", Otherwise.PERSON))
        draft = tried(a_playbook(strict), a_decision(), a_decision(refundable="40.00"))
        assert [(each.before, each.after) for each in draft.flips] == [("allowed", "person")]
        assert (dict(draft.more_out), dict(draft.less_out)) == ({}, {"EUR": Decimal("89.00")})

    @pytest.mark.parametrize(
        ("changed", "lacks"),
        [
            ({"facts": (replace(ORDER, name="invoice"),)}, "facts.invoice"),
            (
                {
                    "facts": (
                        replace(ORDER, calling=Calling("lookup_order", {"order": Expression("fields.bought_on")})),
                    )
                },
                "facts.order",
            ),
            ({"rules": (a_rule("new", "facts.order.weight < 2", Otherwise.REFUSE),)}, "facts.order.weight"),
            ({"rules": (a_rule("new", "fields.photo != null", Otherwise.REFUSE),)}, "fields.photo"),
            ({"sets": {"amount": Expression("facts.price.total")}}, "facts.price"),
        ],
    )
    def test_does_not_guess_what_was_not_looked_up(self, changed: dict[str, Any], lacks: str) -> None:
        draft = tried(a_playbook(replace(POLICY, **changed)), a_decision())
        assert draft.flips == []
        assert [each.why for each in draft.unsaid] == [f"the draft asks for {lacks}, which the record does not have"]

    def test_another_window_cannot_be_said_where_caps_look_back_on_it(self) -> None:
        draft = tried(a_playbook(replace(POLICY, window=timedelta(days=90))), a_decision())
        assert [each.why for each in draft.unsaid] == [
            "the draft asks for earlier, within another window, which the record does not have"
        ]
        careless = replace(POLICY, window=timedelta(days=90), rules=POLICY.rules[:2])
        assert tried(a_playbook(careless), a_decision()).same == 1

    @pytest.mark.parametrize("after", [a_playbook(autonomy=Autonomy.OFF), PLAYBOOK])
    def test_that_leaves_such_tickets_alone_keeps_the_money_in(self, after: Playbook) -> None:
        draft = tried(after, a_decision())
        assert [(each.before, each.after) for each in draft.flips] == [("allowed", "not begun")]
        assert dict(draft.less_out) == {"EUR": Decimal("89.00")}

    def test_counts_the_last_decision_of_a_run(self) -> None:
        draft = Draft(a_playbook(version=2), {1: BEFORE})
        draft.add(a_past(a_decision(proven=False), a_decision()))
        draft.add(a_past())
        assert (draft.runs, draft.decisions, draft.same) == (2, 1, 1)

    def test_leaves_out_what_it_cannot_read(self) -> None:
        draft = tried(a_playbook(), replace(a_decision(), inputs={}))
        assert [each.why for each in draft.unsaid] == ["the record is not what this program writes"]


def test_strangers_are_names_that_a_context_does_not_have() -> None:
    known = {"facts": {"order": {"lines": [{"price": 5.0}], "paid": None}}, "gone": None}
    asked = 'facts.order.lines.exists(x, x.price > facts.order.weight) && facts.order.paid > 1 && gone.a == "b" && new'
    assert Condition(asked).strangers(known) == ("facts.order.weight", "new")
    assert Condition(asked.replace("weight", "paid")).strangers(known | {"new": True}) == ()
