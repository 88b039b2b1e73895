"""A run in words: short for the card, whole for whoever asks what the AI did."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.playbooks import RESOLVED
from tests.ticketing.resolution.runs import (
    BEGUN,
    CALLED,
    DONE,
    LOOKED_UP,
    PLAYBOOK,
    RUN,
    STEPS,
    a_step,
    a_verdict,
)
from ticketing.resolution.run import RunState, Step, StepKind
from ticketing.resolution.shown import Beside, shown_run
from ticketing.resolution.shown_steps import Mark, lasted, shown_step


class TestRun:
    def test_a_run_that_is_done_tells_its_whole_story(self) -> None:
        shown = shown_run(DONE, STEPS, PLAYBOOK)
        assert (shown.what, shown.amount, shown.took) == ("Refund", "89.00 USD", timedelta(seconds=4.2))
        assert [f"{each.mark} {each.words}" for each in shown.steps] == [
            "✓ the brain (offline) proposes: Refund",
            "✓ order 78932 found",
            "✓ 2 of 2 rules hold: allowed",
            "✓ filled in Refund amount, Order number",
            "✓ Refund 89.00 USD",
            "✓ now Resolved",
            "✓ told the customer: Refund sent",
        ]
        assert shown.steps[0].why == "It arrived broken."
        assert shown.steps[4].key == f"run:{RUN.id}:4"
        assert shown.steps[1].took == timedelta(milliseconds=100)

    def test_what_it_waits_for_outside_is_told_for_as_long_as_it_does(self) -> None:
        away = replace(RUN, why="The shop is closed.", trying_since=RUN.begun_at)
        assert shown_run(away, (), PLAYBOOK).why == "The shop is closed."
        assert not shown_run(replace(away, trying_since=None), (), PLAYBOOK).why

    def test_what_policy_decided_by_is_there_for_people(self) -> None:
        shown = shown_run(DONE, STEPS, PLAYBOOK)
        assert shown.facts == (
            ("Order courier", "none"),
            ("Order delivered", "16 Nov 2026"),
            ("Order number", "78932"),
            ("Order refunded", "no"),
            ("Order total", "89"),
        )
        assert [(each.rule, each.held) for each in shown.rules] == [("theirs", True), ("small", True)]

    def test_while_somebody_has_to_decide_it_says_who(self) -> None:
        waits = replace(RUN, state=RunState.WAITING_FOR_APPROVAL)
        shown = shown_run(waits, STEPS[:4], PLAYBOOK, Beside("refund_over_200", "Refund over 200"))
        assert (shown.who, shown.approval) == ("a supervisor of its team or an admin", "Refund over 200")
        assert (shown.is_open, shown.took) == (True, None)
        over = shown_run(DONE, STEPS, PLAYBOOK, Beside("refund_over_200", "Refund over 200"))
        assert (over.who, over.approval) == (None, None)

    def test_who_agreed_is_named_at_the_step(self) -> None:
        asked = uuid4()
        run = replace(DONE, approval_id=asked)
        agreed = a_step(0, StepKind.AGREED, "refund_over_200", outputs={"approval": str(asked)})
        other = a_step(1, StepKind.AGREED, "refund_over_200", outputs={"approval": str(uuid4())})
        shown = shown_run(run, [agreed, other], PLAYBOOK, Beside(decided_by="Sara, Omar"))
        first, second = shown.steps
        assert first.words == "approved: Refund over 200, by Sara, Omar"
        assert second.words == "approved: Refund over 200"

    def test_while_the_customer_has_to_answer_it_says_what(self) -> None:
        waits = replace(RUN, state=RunState.WAITING_FOR_CUSTOMER, asked_for="order_number")
        assert shown_run(waits, (), PLAYBOOK).asked_for == "Order number"

    @pytest.mark.parametrize(
        ("outcome", "said"), [("done", "done"), ("unknown", "may have been done"), ("refused", "not done")]
    )
    def test_what_came_of_the_write_is_told_apart_from_the_run(self, outcome: str, said: str) -> None:
        over = replace(RUN, state=RunState.HANDED_OVER, ended_at=DONE.ended_at)
        assert shown_run(over, [replace(CALLED, outcome=outcome)], PLAYBOOK).came_of_it == said
        assert shown_run(over, [a_verdict("refused")], PLAYBOOK).came_of_it == "not done"
        assert not shown_run(RUN, [BEGUN], PLAYBOOK).came_of_it

    def test_before_anything_was_decided_it_says_nothing_of_it(self) -> None:
        shown = shown_run(replace(RUN, recipe=None, action=None, amount=None), (), PLAYBOOK)
        assert (shown.what, shown.amount, shown.facts, shown.rules) == ("", None, (), ())

    def test_what_the_playbook_has_no_more_is_named_in_words(self) -> None:
        without = replace(PLAYBOOK, recipes={}, fields={}, replies={}, approvals={})
        words = [each.words for each in shown_run(DONE, STEPS, without).steps]
        assert words[0] == "the brain (offline) proposes: issue refund"
        assert words[3] == "filled in refund amount, order number"
        assert words[-1] == "told the customer: refund sent"


class TestStep:
    @pytest.mark.parametrize(
        ("step", "said"),
        [
            (BEGUN, "… Refund 89.00 USD"),
            (replace(BEGUN, outcome="unavailable"), "… Refund 89.00 USD: cannot be reached, tried again"),
            (replace(CALLED, outcome="unknown"), "✗ Refund 89.00 USD: may have been done"),
            (replace(CALLED, outcome="refused"), "✗ Refund 89.00 USD: not done"),
            (replace(LOOKED_UP, outcome="not_found"), "✗ order 78932 not found"),
            (replace(LOOKED_UP, outcome="unavailable"), "✗ order 78932 could not be looked up"),
            (a_verdict("needs_approval"), "? 2 of 2 rules hold: somebody has to agree"),
            (a_verdict("refused", theirs=False), "✗ 1 of 2 rules hold: not possible"),
            (a_step(0, StepKind.ASK_APPROVAL, "refund_over_200"), "? asked for an approval: Refund over 200"),
            (a_step(0, StepKind.AGREED, "refund_over_200"), "✓ approved: Refund over 200"),
            (a_step(0, StepKind.AGREED, "confirm", outputs={"by": "1"}, why="Mia"), "✓ Mia said: do it"),
            (a_step(0, StepKind.ASK_CUSTOMER, "order_number"), "? asked the customer for: Order number"),
            (a_step(0, StepKind.ASK_CUSTOMER, "confirmation"), "? asked the customer to say yes to it"),
            (a_step(0, StepKind.HAND_OVER, "person"), "✗ left to a person"),
            (a_step(0, StepKind.MOVE, RESOLVED), "✓ now Resolved"),
        ],
        ids=lambda given: given if isinstance(given, str) else "",
    )
    def test_it_is_a_mark_and_a_few_words(self, step: Step, said: str) -> None:
        shown = shown_step(step, PLAYBOOK)
        assert f"{shown.mark} {shown.words}" == said

    @pytest.mark.parametrize("kind", StepKind)
    def test_whatever_stands_in_the_record_can_be_shown(self, kind: StepKind) -> None:
        odd = {
            "proposal": 7,
            "arguments": [],
            "fact": 3,
            "verdict": {"rules": [1, {"held": True}]},
            "fields": "x",
            "by": 1,
        }
        step = a_step(0, kind, "unheard_of", inputs=odd, outputs=odd, outcome="odd")
        shown = shown_run(replace(RUN, recipe="gone"), [step], PLAYBOOK)
        assert shown.steps[0].mark in Mark
        assert shown.steps[0].words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"),
        (4.24, "4.2 s"),
        (59.96, "1 min"),
        (192.9, "3 min 12 s"),
        (3600, "1 h"),
        (7_525, "2 h 5 min"),
        (266_400, "3 d 2 h"),
    ],
)
def test_how_long_something_took_is_said_as_exactly_as_anybody_reads_it(seconds: float, said: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == said
