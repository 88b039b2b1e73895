"""The playbooks of `examples/playbooks` compile, and say what the specification says."""

from datetime import timedelta
from pathlib import Path

import pytest

from ticketing.playbook import shipped
from ticketing.playbook.actions import OfferSolution, SendSurvey
from ticketing.playbook.grants import Grant
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.lifecycle import Lifecycle, StatusCategory
from ticketing.playbook.playbook import Playbook

FOLDER = Path(__file__).parents[3] / "examples" / "playbooks"
EXAMPLES = sorted(FOLDER.glob("*.yaml"))


def compiled(name: str) -> Playbook:
    """As on a desk of which nothing is known but that it has no team of a particular name."""
    found = compile_playbook((FOLDER / name).read_bytes(), file=name, teams=["Support"], people=[])
    assert found.playbook is not None, "\n".join(map(str, found.problems))
    return found.playbook


def test_there_are_three() -> None:
    assert [path.name for path in EXAMPLES] == ["disputes.yaml", "hotel.yaml", "retail.yaml"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_compiles_on_any_desk_and_gives_examples_for_each_type(path: Path) -> None:
    playbook = compiled(path.name)
    assert all(each.examples for each in playbook.types.values())
    assert playbook.replies


class TestRetail:
    def test_its_standard_lifecycle_has_the_transitions_of_a_desk_without_a_playbook(self) -> None:
        ours, plain = compiled("retail.yaml").lifecycles["standard"], shipped.LIFECYCLE
        arrows = {(each.origin, each.to, each.by) for each in ours.transitions}
        assert arrows == {(each.origin, each.to, each.by) for each in plain.transitions}
        assert [(each.key, each.label, each.category, each.sla_paused) for each in ours.statuses] == [
            (each.key, each.label, each.category, each.sla_paused) for each in plain.statuses
        ]

    def test_resolved_closes_by_itself_after_five_days_which_is_the_reopen_window(self) -> None:
        resolved = compiled("retail.yaml").lifecycles["standard"].status("resolved")
        assert resolved.moves_on is not None
        assert (resolved.moves_on.after, resolved.moves_on.to) == (timedelta(days=5), "closed")
        assert (resolved.when_back, resolved.back_within) == ("in_progress", timedelta(days=5))

    def test_it_has_the_types_and_categories_of_a_desk_without_one(self) -> None:
        playbook = compiled("retail.yaml")
        assert dict(playbook.categories) == shipped.CATEGORIES
        labels = {key: each.label for key, each in playbook.types.items()}
        assert labels == {key: each.label for key, each in shipped.PLAYBOOK.types.items()}
        assert playbook.types["return"].lifecycle == "return"

    def test_returns_go_the_way_of_the_specification(self) -> None:
        playbook = compiled("retail.yaml")
        returns = playbook.lifecycles["return"]
        assert returns.initial == "new"
        assert returns.status("investigating").requires == ("category", "priority")
        assert returns.status("on_hold").sla_paused
        assert returns.status("closed").requires == ("note",)
        proposed = returns.transition("investigating", "resolution_proposed")
        assert proposed is not None
        assert proposed.approval == "refund_over_200"
        offer = returns.status("resolution_proposed").on_enter[0]
        assert offer == OfferSolution("proposal", "customer_accepted", "investigating")
        assert returns.status("customer_accepted").on_enter == (SendSurvey(),)
        assert granted(returns, "resolution_proposed", "closed") == {Grant.AI}
        assert Grant.CUSTOMER in granted(returns, "resolution_proposed", "customer_accepted")

    @pytest.mark.parametrize(
        ("amount", "needed"), [(None, False), (89.0, False), (200.0, False), (200.01, True), (250.0, True)]
    )
    def test_a_refund_over_200_needs_an_approval(self, amount: float | None, needed: bool) -> None:
        rule = compiled("retail.yaml").approvals["refund_over_200"]
        assert rule.when is not None
        assert rule.when.holds({"fields": {"refund_amount": amount}}, otherwise=True) is needed


def granted(lifecycle: Lifecycle, origin: str, to: str) -> frozenset[Grant]:
    transition = lifecycle.transition(origin, to)
    assert transition is not None
    return transition.by.kinds


class TestDisputes:
    def test_a_decision_needs_its_reason_its_evidence_and_a_second_pair_of_eyes(self) -> None:
        playbook = compiled("disputes.yaml")
        dispute = playbook.lifecycles["dispute"]
        assert set(dispute.status("decision_proposed").requires) == {"decision", "decision_reason", "evidence", "note"}
        sent = dispute.transition("decision_proposed", "decision_sent")
        assert sent is not None
        assert sent.approval == "four_eyes"
        assert set(playbook.approvals["four_eyes"].binds) == {"decision", "refund_amount", "decision_reason"}


class TestHotel:
    def test_a_request_ends_with_the_survey_after_the_stay(self) -> None:
        stay = compiled("hotel.yaml").lifecycles["stay"]
        assert stay.status("closed").on_enter == (SendSurvey(),)
        assert stay.status("planned").category is StatusCategory.PENDING
