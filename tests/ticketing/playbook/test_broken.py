"""Playbooks that are refused: every message names the place and says what to do, word for word."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.examples import tried
from tests.ticketing.playbook.broken import BASE, BROKEN, Broken
from ticketing.playbook.language import compile_playbook

TEAMS, PEOPLE = ["Returns"], ["mia@example.com"]


def says(text: str | bytes) -> list[str]:
    compiled = compile_playbook(text, file="p.yaml", teams=TEAMS, people=PEOPLE)
    assert (compiled.playbook is None) == bool(compiled.problems)
    return [str(problem) for problem in compiled.problems]


def test_what_they_were_made_from_is_right() -> None:
    assert says(BASE) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_playbook_is_refused_with_the_place_and_what_to_do(broken: Broken) -> None:
    assert tuple(says(broken.text)) == broken.says


def test_there_are_sixty_at_least_and_each_breaks_something_else() -> None:
    assert len({broken.says for broken in BROKEN}) >= 60


class TestFilesThatAreNoPlaybook:
    def test_an_empty_one(self) -> None:
        empty = ["p.yaml:1:1: The file is empty. docs/playbook-tutorial.md begins from nothing."]
        assert says("") == says("# only a remark\n") == says("---\n") == empty

    def test_a_list(self) -> None:
        assert says("- a\n- b\n") == ["p.yaml:1:1: This is no playbook. Begin with a line language: 1."]

    def test_one_of_ten_megabytes_before_it_is_read(self) -> None:
        too_large = ["p.yaml:1:1: The file has 10.0 MB; a playbook has 256 KB at most."]
        assert says("a: b\n" * (2 * 1024 * 1024)) == says(b"\xff" * (10 * 1024 * 1024)) == too_large

    def test_one_in_another_encoding(self) -> None:
        text = BASE.replace("Wrong size", "Größe").encode("latin-1")
        assert says(text) == ["p.yaml:48:39: The file is not UTF-8. Save it with the encoding UTF-8."]

    def test_one_with_a_sign_that_cannot_be_seen(self) -> None:
        message = "A sign that no text has stands here. Delete it: it cannot be seen in most editors."
        assert says(BASE.replace("Damaged,", "Dam\x00aged,")) == [f"p.yaml:3:26: {message}"]

    @pytest.mark.parametrize("escape", [r"\0", r"\x07", r"\ud800"])
    def test_one_with_such_a_sign_as_an_escape(self, escape: str) -> None:
        text = BASE.replace("label: Large refund", f'label: "Large{escape} refund"')
        assert says(text) == ["p.yaml:56:12: A sign that no text has is written here. Take the escape out."]

    def test_a_bomb_of_references_is_refused_at_the_first(self) -> None:
        lines = ["a0: &a0 [lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
        message = "*a0 repeats something by reference. Write it out: references are not used."
        assert says("\n".join(lines)) == [f"p.yaml:2:10: {message}"]

    def test_brackets_in_brackets_without_end(self) -> None:
        assert says("a: " + "[" * 200) == [
            "p.yaml:1:19: This is nested too deeply. Check the indentation and brackets."
        ]


class TestWhatOtherLanguagesWouldReadDifferently:
    """YAML 1.1 makes yes and no of `no` and `on`, and dates of what looks like one."""

    def test_options_called_no_and_on_stay_what_they_are(self) -> None:
        text = BASE.replace("{broken: Broken, size: Wrong size}", "{broken: Broken, no: no, on: On, yes: Yes}")
        compiled = compile_playbook(text, file="p.yaml")
        assert compiled.playbook is not None, compiled.problems
        options = compiled.playbook.fields["reason"].options
        assert [(each.key, each.label) for each in options[1:]] == [("no", "no"), ("on", "On"), ("yes", "Yes")]

    def test_a_date_stays_text(self) -> None:
        compiled = compile_playbook(BASE.replace("playbook: Small", "playbook: 2026-11-24"), file="p.yaml")
        assert compiled.playbook is not None
        assert compiled.playbook.name == "2026-11-24"

    def test_windows_line_ends_and_a_mark_at_the_beginning_change_nothing(self) -> None:
        assert says(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()) == []

    def test_no_is_not_false(self) -> None:
        text = BASE.replace("    currency: EUR\n", "    currency: EUR\n    required: no\n")
        assert says(text) == ["p.yaml:53:15: There is no no to ask about. Write true or false."]


def test_without_knowing_the_desk_its_teams_and_people_are_taken_as_named() -> None:
    text = BASE.replace("by: [agent, ai]", "by: [team:Nobody]").replace("[supervisor]", "[eve@example.com]")
    assert compile_playbook(text, file="p.yaml").problems == ()


SCRAPS = [
    "",
    "'",
    '"',
    ":",
    ": ",
    "- ",
    "  ",
    "\t",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!",
    "#",
    "|",
    ">",
    "é",
    "null",
    "5",
]


@given(st.integers(0, len(BASE)), st.integers(0, 30), st.sampled_from(SCRAPS))
@tried(40)
def test_whatever_is_cut_out_or_put_in_there_are_problems_or_a_playbook(at: int, gone: int, put: str) -> None:
    compiled = compile_playbook(BASE[:at] + put + BASE[at + gone :], file="p.yaml")
    assert (compiled.playbook is None) == bool(compiled.problems)
    assert all(each.line >= 1 and each.column >= 1 and each.message for each in compiled.problems)


JUNK = st.sampled_from([5, True, "x", "open", [], {}, ["a"], {"a": "b"}, 1.5, "note", "2d", [[1]], "!", "team:", "a@b"])


@given(st.integers(0, 200), JUNK)
@tried(40)
def test_whatever_stands_in_place_of_a_value_too(which: int, junk: object) -> None:
    document = YAML(typ="safe", pure=True).load(BASE)
    places = list(values(document))
    around, key = places[which % len(places)]
    around[key] = junk
    compiled = compile_playbook(json.dumps(document), file="p.yaml")
    assert (compiled.playbook is None) == bool(compiled.problems)


def values(around: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: what it is in, and by which key."""
    for key in around if isinstance(around, dict) else range(len(around)):
        yield around, key
        if isinstance(around[key], dict | list):
            yield from values(around[key])
