"""How good a brain's proposals are, on cases with a known answer; a change that makes them worse is noticed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ai.evaluation import CasesUnreadable
from ai.offline import OfflineBrain
from ai.proposal_evaluation import Labelled, evaluate_proposals, load_proposals
from ticketing.resolution.proposal import AskCustomer, Call, Case, HandOver, Proposal, Proposed
from ticketing.triage.check import SuggestionUnreadable

HELD_OUT = 24  # the last ones of the file were written when everything else stood


class Scripted:
    """A brain that proposes what the customer wrote."""

    async def propose(self, case: Case) -> Proposed:
        said = case.lines[-1].text
        if said == "gibberish":
            raise SuggestionUnreadable("no JSON")
        found: dict[str, Proposal] = {"ask": AskCustomer("order_number", "?"), "person": HandOver("No.")}
        return Proposed(found.get(said, Call(said, {}, "So it is.")), "test", "1")


def a_case(said: str, right: str) -> Labelled:
    return Labelled(messages=[said], right=right, recipes={"Refund": "issue_refund"})


def a_file(folder: Path, *lines: Any) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), encoding="utf-8")
    return path


class TestBundled:
    async def test_the_offline_brain_is_as_good_as_the_manual_says(self, offline: OfflineBrain) -> None:
        """docs/ai.md names these figures."""
        cases = load_proposals()
        report = await evaluate_proposals(cases, offline)
        assert (report.cases, report.right >= 143, len(report.acted) <= 6) == (154, True, True)
        unseen = await evaluate_proposals(cases[-HELD_OUT:], offline)
        assert (unseen.right >= 20, len(unseen.acted) <= 4) == (True, True)


class TestReport:
    async def test_an_act_that_should_not_be_is_told_from_a_persons_time(self) -> None:
        cases = [
            a_case("issue_refund", "Refund"),
            a_case("issue_refund", "person"),
            a_case("wipe_shop", "Refund"),
            a_case("person", "ask"),
            a_case("ask", "ask"),
            a_case("gibberish", "person"),
        ]
        report = await evaluate_proposals(cases, Scripted())
        assert (report.cases, report.right) == (6, 3)
        assert [(miss.case.right, miss.proposed) for miss in report.acted] == [
            ("person", "Refund"),
            ("Refund", "wipe_shop"),
        ]
        told = report.to_json()
        assert (told["wrongly_acted"], len(told["misses"])) == (2, 3)
        shown = StringIO()
        report.render(Console(file=shown, width=120))
        assert "3 of 6 right. Would have done what it should not: 2." in shown.getvalue()

    async def test_brackets_in_a_message_are_no_markup(self) -> None:
        shown = StringIO()
        report = await evaluate_proposals([a_case("[bold]x[/] [link=https://evil.example]", "person")], Scripted())
        report.render(Console(file=shown, width=120))
        assert "[link=https://evil.example]" in shown.getvalue()


class TestCases:
    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("{", "line 2: "),
            ({"messages": [], "right": "ask", "recipes": {"a": "b"}}, "messages"),
            ({"messages": ["x"], "right": "ask", "recipes": {}}, "recipes"),
            ({"messages": ["x"], "right": "Refund", "recipes": {"a": "b"}}, "should be a recipe of it"),
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path: Path, line: Any, why: str) -> None:
        with pytest.raises(CasesUnreadable, match=why):
            load_proposals(a_file(tmp_path, "", line))

    def test_no_case_is_a_mistake_too(self, tmp_path: Path) -> None:
        with pytest.raises(CasesUnreadable, match="holds no cases"):
            load_proposals(a_file(tmp_path, "", " "))
