"""What is refused of recipes, policies and autonomy: every message names the place and says what to do."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.examples import tried
from tests.ticketing.playbook.broken import Broken, cases
from tests.ticketing.playbook.resolving.actions import ACTIONS
from tests.ticketing.playbook.test_broken import JUNK, SCRAPS, values
from ticketing.playbook.language import compile_playbook

FOLDER = Path(__file__).parent
BASE = (FOLDER / "small.yaml").read_text()
BROKEN = cases(BASE, FOLDER / "broken.txt")


def says(text: str) -> tuple[str, ...]:
    compiled = compile_playbook(text, file="p.yaml", actions=ACTIONS)
    assert (compiled.playbook is None) == bool(compiled.problems)
    return tuple(map(str, compiled.problems))


def test_what_they_were_made_from_is_right() -> None:
    assert says(BASE) == ()


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_recipe_or_policy_is_refused_with_the_place_and_what_to_do(broken: Broken) -> None:
    assert broken.says
    assert says(broken.text) == broken.says


def test_there_are_ninety_at_least_that_break_something_else() -> None:
    assert len({broken.says for broken in BROKEN}) >= 90


def test_a_desk_without_any_action_says_where_they_come_from() -> None:
    told = [str(each) for each in compile_playbook(BASE, file="p.yaml", actions={}).problems]
    assert told[0] == ('p.yaml:62:16: There is no action "issue_refund". This desk knows none: see THREADLINE_ACTIONS.')


def test_a_stored_version_is_read_without_knowing_the_actions_and_its_own_names_are_still_checked() -> None:
    text = BASE.replace("facts.order.number", "facts.order.whatever").replace("lookup_order", "gone_since")
    assert compile_playbook(text, file="p.yaml").problems == ()
    told = compile_playbook(BASE.replace("facts.order.number", "facts.ordr.number"), file="p.yaml").problems
    assert [each.message for each in told] == ["facts has no ordr"]


BEGINS = BASE.index("    ai:")


@given(st.integers(0, len(BASE) - BEGINS), st.integers(0, 30), st.sampled_from(SCRAPS))
@tried(40)
def test_whatever_is_cut_out_or_put_in_there_are_problems_or_a_playbook(at: int, gone: int, put: str) -> None:
    says(BASE[: BEGINS + at] + put + BASE[BEGINS + at + gone :])


@given(st.integers(0, 300), JUNK)
@tried(40)
def test_whatever_stands_in_place_of_a_value_too(which: int, junk: object) -> None:
    document = YAML(typ="safe", pure=True).load(BASE)
    parts = [document["recipes"], document["policies"], document["types"]["return"]["ai"], document["replies"]]
    places = [place for part in parts for place in values(part)]
    around, key = places[which % len(places)]
    around[key] = junk
    says(json.dumps(document))
