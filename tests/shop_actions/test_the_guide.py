"""docs/actions.md: what it shows works as it stands there."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from ai.actions.cases import Cases, try_case
from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import Catalogue, load_actions
from app.settings import HOME
from tests.shop.conftest import MONDAY
from tests.shop_actions.conftest import CLARA, asking
from tests.ticketing.playbook.broken import BASE
from threadline import Action, Json, OutcomeKind
from ticketing.playbook.language import compile_playbook

BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (HOME / "docs" / "actions.md").read_text(encoding="utf-8"), re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
YAMLS = [text for language, text in BLOCKS if language == "yaml"]


@pytest.fixture
async def declared(url: str) -> AsyncIterator[CallableActions]:
    compiled = compile_playbook(BASE + YAMLS[0], file="actions.md")
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    settings = {"shop_url": url, "shop_token": "the key"}
    desk = DeskActions(Catalogue(), settings=settings, hosts=[url.removeprefix("http://")])
    yield desk.of(compiled.playbook)
    await desk.close()


def test_the_action_of_ones_own_is_one() -> None:
    made: dict[str, Any] = {}
    exec(compile(PYTHON[0], "our_actions.py", "exec"), made)
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
    cases = Cases.model_validate(YAML(typ="safe", pure=True).load(YAMLS[1])).cases
    tried = [await try_case(each, actions, key="k", now=MONDAY) for each in cases]
    assert [each.faults for each in tried] == [(), ()]


def test_the_sample_actions_are_as_many_as_it_says() -> None:
    assert len(load_actions(["examples.actions.shop"], installed=False)) == 6
