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
from ticketing.resolution.replay import judged_again
from ticketing.resolution.run import Run, Step, StepKind
from ticketing.resolution.trial import PastRun, Trial

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


def a_past(decided: Step | None, *, kind: str = TYPE, ticket: int = 7) -> PastRun:
    return PastRun(Run(uuid4(), uuid4(), uuid4(), ADA.id, kind, 1, Autonomy.ACT_ALONE, NOW), ticket, decided)


def tried(after: Playbook, *decisions: Step) -> Trial:
    trial = Trial(after, {1: BEFORE})
    for place, each in enumerate(decisions):
        trial.add(a_past(each, ticket=place))
    return trial


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
        found = judged_again(a_decision(**facts), BEFORE)
        assert found.is_same
        assert found.again == found.recorded is not None

    @given(
        st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["order", "reason", "amount"]),
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
            max_size=4,
        )
    )
    def test_whatever_was_proposed(self, proposed: dict[str, Any]) -> None:
        assert judged_again(a_decision(proposed), BEFORE).is_same

    def test_is_loud_where_it_is_not(self) -> None:
        other = policy(a_rule("theirs", "facts.order.refundable > 100", Otherwise.REFUSE, because="Another."))
        found = judged_again(a_decision(), a_playbook(other))
        assert not found.is_same
        told = {each.what: (each.recorded, each.again) for each in found.differences}
        assert told["ruling"] == ("allowed", "refused")
        assert told["rule theirs"] == ("held", "failed")
        assert told["rule small"] == ("held", "not asked")

    def test_tampered_with_it_is_seen(self) -> None:
        step = a_decision(refundable="250.00")
        lied = {**step.outputs["verdict"], "ruling": "allowed", "approval": None, "decided_by": None}
        found = judged_again(replace(step, outputs={"verdict": lied}), BEFORE)
        assert {"ruling", "approval", "decided_by"} <= {each.what for each in found.differences}

    @pytest.mark.parametrize("part", ["proposed", "context", "playbook"])
    def test_of_another_form_is_said(self, part: str) -> None:
        step = a_decision()
        inputs = {name: each for name, each in step.inputs.items() if name != part}
        for broken in (inputs, inputs | {part: "?"}, inputs | {part: {"names": 5}}):
            if part == "proposed" and part in broken:
                continue  # whatever a brain proposes may stand there
            found = judged_again(replace(step, inputs=broken), BEFORE)
            assert (found.is_same, "step 3 is not what" in found.broken) == (False, True)

    def test_by_a_playbook_that_is_not_there_is_said(self) -> None:
        assert "version 1 of the playbook is not there" in judged_again(a_decision(), None).broken


class TestADraft:
    def test_that_says_the_same_flips_nothing(self) -> None:
        trial = tried(a_playbook(version=2), a_decision(), a_decision(refundable="250.00"))
        assert (trial.runs, trial.decisions, trial.same, trial.flips, trial.unsaid) == (2, 2, 2, [], [])

    def test_tells_what_would_flip_and_the_money(self) -> None:
        generous = policy(*(each for each in POLICY.rules if each.key not in ("small", "not_large")))
        trial = tried(
            a_playbook(generous), a_decision(), a_decision(refundable="150.00"), a_decision(refundable="250.00")
        )
        found = [(each.before, each.after, each.times, dict(each.amounts), each.examples) for each in trial.flips]
        assert found == [
            ("needs approval (refund_confirmed)", "allowed", 1, {"EUR": Decimal("150.00")}, [1]),
            ("needs approval (refund_over_200)", "allowed", 1, {"EUR": Decimal("250.00")}, [2]),
        ]
        assert (dict(trial.more_out), dict(trial.less_out), trial.same) == ({"EUR": Decimal("400.00")}, {}, 1)

    def test_stricter_it_keeps_money_in(self) -> None:
        strict = policy(*POLICY.rules[:-2], a_rule("small", "arguments.amount < 50", Otherwise.PERSON))
        trial = tried(a_playbook(strict), a_decision(), a_decision(refundable="40.00"))
        assert [(each.before, each.after) for each in trial.flips] == [("allowed", "person")]
        assert (dict(trial.more_out), dict(trial.less_out)) == ({}, {"EUR": Decimal("89.00")})

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
        trial = tried(a_playbook(replace(POLICY, **changed)), a_decision())
        assert trial.flips == []
        assert [each.why for each in trial.unsaid] == [f"the draft asks for {lacks}, which the record does not have"]

    def test_another_window_cannot_be_said_where_caps_look_back_on_it(self) -> None:
        trial = tried(a_playbook(replace(POLICY, window=timedelta(days=90))), a_decision())
        assert [each.why for each in trial.unsaid] == [
            "the draft asks for earlier, within another window, which the record does not have"
        ]
        careless = replace(POLICY, window=timedelta(days=90), rules=POLICY.rules[:2])
        assert tried(a_playbook(careless), a_decision()).same == 1

    @pytest.mark.parametrize("after", [a_playbook(autonomy=Autonomy.OFF), PLAYBOOK])
    def test_that_leaves_such_tickets_alone_keeps_the_money_in(self, after: Playbook) -> None:
        trial = tried(after, a_decision())
        assert [(each.before, each.after) for each in trial.flips] == [("allowed", "not begun")]
        assert dict(trial.less_out) == {"EUR": Decimal("89.00")}

    def test_counts_runs_that_never_came_to_a_decision(self) -> None:
        trial = Trial(a_playbook(version=2), {1: BEFORE})
        for decided in (a_decision(), None):
            trial.add(a_past(decided))
        assert (trial.runs, trial.decisions, trial.same) == (2, 1, 1)

    def test_without_the_type_leaves_its_tickets_alone(self) -> None:
        trial = Trial(a_playbook(version=2), {1: BEFORE})
        trial.add(a_past(a_decision(), kind="gone"))
        assert [each.after for each in trial.flips] == ["not begun"]

    def test_leaves_out_what_it_cannot_read(self) -> None:
        trial = tried(a_playbook(), replace(a_decision(), inputs={}))
        assert [each.why for each in trial.unsaid] == ["the record is not what this program writes"]


def test_strangers_are_names_that_a_context_does_not_have() -> None:
    known = {"facts": {"order": {"lines": [{"price": 5.0}], "paid": None}}, "gone": None}
    asked = 'facts.order.lines.exists(x, x.price > facts.order.weight) && facts.order.paid > 1 && gone.a == "b" && new'
    assert Condition(asked).strangers(known) == ("facts.order.weight", "new")
    assert Condition(asked.replace("weight", "paid")).strangers(known | {"new": True}) == ()
