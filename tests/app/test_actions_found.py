"""What the doctor says of actions that the playbook in force names."""

import pytest

from app.commands.findings import of_actions
from tests.playbooks import PLAIN, a_playbook, example
from tests.ticketing.playbook.resolving.test_broken import BASE

SAMPLE = ["examples.actions.shop"]


def test_what_is_installed_is_in_order() -> None:
    assert of_actions(example("retail"), SAMPLE) == []
    assert of_actions(PLAIN, SAMPLE) == []


def test_one_that_is_not_there_any_more_is_named() -> None:
    playbook = a_playbook(BASE.replace("lookup_order", "find_parcel").replace("issue_refund", "pay_back"))
    (found,) = of_actions(playbook, SAMPLE)
    assert found.what == (
        "The playbook in force names actions that are not installed: find_parcel, pay_back. Their recipes rest."
    )


@pytest.mark.parametrize("text", [BASE, BASE.replace("act_alone", "off")])
def test_a_desk_without_actions_and_one_whose_ai_is_off_need_none(text: str) -> None:
    modules = [] if "act_alone" in text else SAMPLE
    assert of_actions(a_playbook(text), modules) == []


def test_a_module_that_does_not_load_is_told_with_what_to_do() -> None:
    (found,) = of_actions(PLAIN, ["examples.actions.shp"])
    assert "examples.actions.shp of THREADLINE_ACTIONS is not there" in found.what
