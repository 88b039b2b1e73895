"""The playbooks of `examples/playbooks` compile, and say what the specification says."""

from datetime import timedelta
from pathlib import Path

import pytest

from ai.actions.registry import load_actions
from ticketing.people.person import Role
from ticketing.playbook import shipped
from ticketing.playbook.actions import OfferSolution, SendSurvey
from ticketing.playbook.grants import Grant
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.lifecycle import Lifecycle, StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Tell

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


class TestWhatTheAiMayDoAboutReturns:
    def test_it_is_right_for_the_sample_actions_of_the_demo_shop(self) -> None:
        actions = load_actions(["examples.actions.shop"], installed=False).specs
        found = compile_playbook((FOLDER / "retail.yaml").read_bytes(), file="retail.yaml", actions=actions)
        assert found.problems == ()

    def test_under_100_alone_up_to_200_an_agent_above_a_supervisor(self) -> None:
        playbook = compiled("retail.yaml")
        rules = {each.key: each for each in playbook.action_policies["issue_refund"].rules}
        assert (rules["small"].approval, rules["not_large"].approval) == ("refund_confirmed", "refund_over_200")
        assert playbook.approvals["refund_confirmed"].approvers.roles == {Role.AGENT}
        held = [
            [key for key in ("small", "not_large") if rules[key].holds.holds(asked(amount), otherwise=False)]
            for amount in (89.0, 99.99, 100.0, 200.0, 200.01)
        ]
        assert held == [["small", "not_large"], ["small", "not_large"], ["not_large"], ["not_large"], []]

    @pytest.mark.parametrize(("reason", "fits"), [("damaged", True), (None, True), ("changed_mind", False)])
    def test_what_has_to_be_sent_back_first_is_for_people(self, reason: str | None, fits: bool) -> None:
        when = compiled("retail.yaml").recipes["refund"].when
        assert when is not None
        assert when.holds({"fields": {"return_reason": reason}}, otherwise=False) is fits

    def test_the_amount_is_never_what_somebody_said(self) -> None:
        playbook = compiled("retail.yaml")
        assert playbook.fields["refund_amount"].fill == ()
        assert playbook.action_policies["issue_refund"].sets["amount"].source == "facts.order.refundable"

    def test_what_it_says_to_customers_it_says_in_five_languages(self) -> None:
        playbook = compiled("retail.yaml")
        recipe, ai = playbook.recipes["refund"], playbook.types["return"].ai
        policy = playbook.action_policies["issue_refund"]
        said = {
            *recipe.asks.values(),
            *(step.reply for step in recipe.then if isinstance(step, Tell)),
            *(rule.tell for rule in policy.rules if rule.tell),
            *(fact.not_found for fact in policy.facts if fact.not_found),
            ai.hands_over or "",
        }
        assert len(said) == 7
        assert all(playbook.replies[key].translations.keys() == {"de", "pt", "es", "fr"} for key in said)


def asked(amount: float) -> dict[str, object]:
    return {"arguments": {"amount": amount}}


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


def test_what_says_how_something_came_out_is_known_as_such() -> None:
    """Nobody is offered "your refund was made" for a ticket of which nobody knows that."""
    retail = compile_playbook((FOLDER / "retail.yaml").read_bytes(), file="retail.yaml").playbook
    assert retail is not None
    assert {"refund_sent", "refunded_already", "order_not_found", "return_too_late"} <= retail.results
    assert not {"ask_for_photo", "passed_on", "ask_for_order"} & retail.results
