"""docs/actions.md: what it shows works as it stands there."""

import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ai.actions.cases import Cases, try_case
from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import Catalogue, load_actions
from app.settings import HOME
from tests.ai.bursts import a_burst
from tests.ai.cases import a_case
from tests.shop.conftest import MONDAY
from tests.shop_actions.conftest import CLARA, asking
from tests.ticketing.playbook.broken import BASE
from tests.trained import trained_brain
from threadline import Action, Json, OutcomeKind
from ticketing.playbook.language import compile_playbook
from ticketing.resolution.answer import answer_in
from ticketing.resolution.proposal import Call, OfferedRecipe

GUIDE = (HOME / "docs" / "actions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
YAMLS = [text for language, text in BLOCKS if language == "yaml"]


SERIAL = {"serial": "GR-4411"}
WORDS = " ".join(re.findall(r"\*(I would like.*?)\*", GUIDE, re.DOTALL)[0].split())


@pytest.fixture
async def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CallableActions]:
    """What a reader has after step 3."""
    (tmp_path / "our_actions.py").write_text(PYTHON[0], "utf-8")
    (tmp_path / "machines.json").write_text(re.findall(r'`(\{"GR-4411".*?\}\})`', GUIDE)[0], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    settings = {"machines": str(tmp_path / "machines.json")}
    desk = DeskActions(load_actions(["our_actions"], installed=False), settings=settings)
    yield desk.installed
    await desk.close()
    del sys.modules["our_actions"]


@pytest.fixture
async def declared(url: str) -> AsyncIterator[CallableActions]:
    compiled = compile_playbook(BASE + YAMLS[2], file="actions.md")
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    settings = {"shop_url": url, "shop_token": "the key"}
    desk = DeskActions(Catalogue(), settings=settings, hosts=[url.removeprefix("http://")])
    yield desk.of(compiled.playbook)
    await desk.close()


async def test_the_own_actions_do_what_they_say_once(own: CallableActions) -> None:
    cases = Cases.model_validate(YAML(typ="safe", pure=True).load(YAMLS[0])).cases
    assert [(await try_case(each, own, key="k", now=MONDAY)).faults for each in cases] == [(), ()]
    for _ in range(2):
        done = await own.call("extend_warranty", SERIAL, asking(key="one"))
        assert done.value == {"owner": "+14155550123", "ends": "2028-01-15", "extended_by": "one"}
    refused = await own.call("extend_warranty", SERIAL, asking(key="another"))
    assert (refused.kind, refused.words) == (OutcomeKind.REFUSED, "This warranty was extended before.")


async def test_its_playbook_has_the_ai_do_it_for_what_the_customer_is_told_to_write(own: CallableActions) -> None:
    compiled = compile_playbook(YAMLS[1], file="ours.yaml", actions=own.specs)
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    brain = trained_brain()
    (issue,) = (await brain.triage(a_burst(WORDS), compiled.playbook.vocabulary)).issues
    assert (issue.type, issue.intent) == ("general_query", "warranty_repair")
    assert [(each.kind, each.value) for each in issue.entities] == [("order", "GR-4411")]
    assert issue.confidence > compiled.playbook.types["general_query"].ai.confidence
    assert answer_in("It is GR-4411, I think.", compiled.playbook.fields["serial"]) == "GR-4411"
    label = compiled.playbook.recipes["extend_warranty"].label
    offered = OfferedRecipe("extend_warranty", label, "extend_warranty", SERIAL)
    proposed = (await brain.propose(replace(a_case(WORDS), recipes=(offered,)))).proposal
    assert isinstance(proposed, Call), proposed


def test_the_one_that_asks_another_system_is_an_action() -> None:
    made: dict[str, Any] = {}
    exec(compile(PYTHON[1], "our_actions.py", "exec"), made)
    found = made["find_parcel"]
    assert isinstance(found, Action)
    assert [each.name for each in found.spec.parameters] == ["number", "service"]


async def test_the_calls_of_the_playbook_reach_the_shop(declared: CallableActions) -> None:
    price = await declared.call("price_of", {"sku": "TEAPOT-09"}, asking())
    assert price.value == {"cents": "8900", "left": "12"}
    arguments: dict[str, Json] = {"order": "78940", "sku": "KETTLE-GN", "quantity": 1}
    opened = await declared.call("open_return", arguments, asking(CLARA))
    assert opened.kind is OutcomeKind.DONE, opened
    again = await declared.call("open_return", arguments, asking(CLARA))
    assert again.value == opened.value
    refused = await declared.call("open_return", arguments, asking(CLARA, key="another"))
    assert refused.words == "Open a return: Of KETTLE-GN, 0 can still come back, not 1. (HTTP 422)"


async def test_the_cases_come_out_as_they_say(actions: CallableActions) -> None:
    cases = Cases.model_validate(YAML(typ="safe", pure=True).load(YAMLS[3])).cases
    tried = [await try_case(each, actions, key="k", now=MONDAY) for each in cases]
    assert [each.faults for each in tried] == [(), ()]


def test_the_sample_actions_are_as_many_as_it_says() -> None:
    assert len(load_actions(["examples.actions.shop"], installed=False)) == 6
