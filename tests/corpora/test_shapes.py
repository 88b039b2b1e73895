"""The comparison that the corpora are held together with."""

from typing import Any

import pytest

from tests.corpora.shapes import differences, reason

REAL = {"ok": True, "user": {"id": "", "age": 12, "tags": [{"name": "", "more": [1]}], "gone": None}}


class TestDifferences:
    def test_the_same_shape_with_other_values_and_more_fields_has_none(self) -> None:
        ours = {
            "ok": False,
            "new": 1,
            "user": {"id": "U1", "age": 1.5, "tags": [{"name": "x", "more": []}], "gone": None},
        }
        assert differences(REAL, ours) == {}

    @pytest.mark.parametrize(
        ("ours", "found"),
        [
            ({"ok": True}, {"user": "is missing"}),
            ({"ok": "yes", "user": REAL["user"]}, {"ok": "is string, not boolean"}),
            ({"ok": 1, "user": REAL["user"]}, {"ok": "is number, not boolean"}),
            (
                {"ok": True, "user": {"id": None, "age": "", "tags": [{"more": [""]}], "gone": 0}},
                {
                    "user.id": "is null, not string",
                    "user.age": "is string, not number",
                    "user.tags[].name": "is missing",
                    "user.tags[].more[]": "is string, not number",
                    "user.gone": "is number, not null",
                },
            ),
            ([], {"": "is array, not object"}),
        ],
    )
    def test_names_each_place_and_what_is_wrong_there(self, ours: Any, found: dict[str, str]) -> None:
        assert differences(REAL, ours) == found


class TestReason:
    def test_holds_for_the_place_and_for_what_stands_in_it(self) -> None:
        allowed = {"user.team": "because", "user.tags": "so it is"}
        assert reason("user.team", allowed) == "because"
        assert reason("user.tags[].name", allowed) == "so it is"
        assert reason("user.tags.name", allowed) == "so it is"

    def test_does_not_hold_for_a_name_that_only_begins_alike(self) -> None:
        assert reason("user.teams", {"user.team": "because"}) is None
        assert reason("user", {"user.team": "because"}) is None
