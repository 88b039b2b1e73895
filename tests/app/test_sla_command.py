"""`threadline sla calculate`: an answer for every case, in order, whatever somebody wrote into the file."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import cli
from app.commands.sla import answer
from tests.examples import tried

OFFICE = {"tz": "Europe/Berlin", "hours": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
DUE = {"id": "a", "kind": "due", "calendar": OFFICE, "start": "2026-11-23T16:00:00+01:00", "target_minutes": 480}
ELAPSED = {"id": 7, "kind": "elapsed", "calendar": OFFICE, "start": DUE["start"], "end": "2026-11-24T10:00:00.5+01:00"}
PAUSE = ["2026-11-24T10:00:00+01:00", "2026-11-25T11:00:00+01:00"]


class TestAnswer:
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (DUE, {"id": "a", "due": "2026-11-24T14:00:00+00:00"}),
            ({**DUE, "pauses": [PAUSE]}, {"id": "a", "due": "2026-11-25T15:00:00+00:00"}),
            (
                {**DUE, "pauses": [{"start": PAUSE[0], "end": PAUSE[1]}]},
                {"id": "a", "due": "2026-11-25T15:00:00+00:00"},
            ),
            ({**DUE, "target_minutes": 0.5}, {"id": "a", "due": "2026-11-23T15:00:30+00:00"}),
            ({**DUE, "start": "2026-11-23T15:00:00Z"}, {"id": "a", "due": "2026-11-24T14:00:00+00:00"}),
            (ELAPSED, {"id": 7, "seconds": 10800.5}),
            ({**ELAPSED, "end": "2026-11-24T10:00:00+01:00"}, {"id": 7, "seconds": 10800}),
            ({**ELAPSED, "pauses": [["2026-11-23T17:00:00+01:00", None]]}, {"id": 7, "seconds": 3600}),
        ],
    )
    def test_is_to_the_second_and_in_utc(self, case: dict[str, Any], expected: dict[str, Any]) -> None:
        assert answer(case) == expected

    @pytest.mark.parametrize(
        ("case", "says"),
        [
            ({}, "A calendar is no object"),
            ([], "A calendar is no object"),
            (None, "A calendar is no object"),
            ({**DUE, "start": "yesterday"}, "start is no instant"),
            ({**DUE, "start": "2026-11-23T16:00:00"}, "has no zone"),
            ({**DUE, "start": "9999-11-23T16:00:00Z"}, "reach from 1900 to 2400"),
            ({**DUE, "target_minutes": 0}, "longer than nothing"),
            ({**DUE, "target_minutes": -5}, "longer than nothing"),
            ({**DUE, "target_minutes": "60"}, "target_minutes is no number"),
            ({**DUE, "target_minutes": True}, "target_minutes is no number"),
            ({**DUE, "target_minutes": float("nan")}, ""),
            ({**DUE, "target_minutes": float("inf")}, ""),
            ({**DUE, "target_minutes": 10**400}, ""),
            ({**DUE, "calendar": {"tz": "UTC", "hours": {}}}, "not open for so long"),
            ({**DUE, "pauses": [[PAUSE[1], PAUSE[0]]]}, "ends before it begins"),
            ({**DUE, "pauses": [[PAUSE[0], None]]}, "no end"),
            ({**DUE, "pauses": ["lunch"]}, "A pause is a pair"),
            ({**DUE, "pauses": "lunch"}, "pauses is no list"),
            ({**ELAPSED, "end": None}, "end is no instant"),
            ({**ELAPSED, "end": "2026-11-20T10:00:00+01:00"}, "lies before the start"),
        ],
    )
    def test_of_what_makes_no_sense_is_why(self, case: Any, says: str) -> None:
        given_ = answer(case)
        assert set(given_) == {"id", "error"}
        assert says in given_["error"]

    _json = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text("aZ09:-[é", max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["mon", "tuesday", "2026-11-24", "date", "x"]), inner, max_size=3)
        ),
        max_leaves=6,
    )
    _places = st.sampled_from(["tz", "hours", "holidays", "date_overrides", "always", "country", "subdivision"])

    @tried(120)
    @given(st.sampled_from([DUE, ELAPSED]), st.dictionaries(_places, _json, max_size=2), st.data())
    def test_is_given_whatever_stands_in_a_case(
        self, case: dict[str, Any], calendar: dict[str, Any], data: st.DataObject
    ) -> None:
        places = st.sampled_from([*case, "pauses", "end", "target_minutes"])
        other = data.draw(st.dictionaries(places, self._json, max_size=2))
        found = answer({**case, "calendar": {**OFFICE, **calendar}, **other})
        assert len(found) == 2
        assert json.loads(json.dumps(found))
        assert set(found) - {"id"} <= {"due", "seconds", "error"}


class TestCalculate:
    def run(self, file: Path, *options: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["sla", "calculate", str(file), *options])
        return result.exit_code, result.output

    def test_gives_a_list_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        (file := tmp_path / "cases.json").write_text(json.dumps([ELAPSED, 3, DUE]))
        code, output = self.run(file, "--json")
        assert code == 0
        assert json.loads(output) == [
            {"id": 7, "seconds": 10800.5},
            {"id": None, "error": "A calendar is no object of names and values."},
            {"id": "a", "due": "2026-11-24T14:00:00+00:00"},
        ]

    def test_without_the_option_it_is_a_table(self, tmp_path: Path) -> None:
        (file := tmp_path / "cases.json").write_text(json.dumps([{**DUE, "id": "[red]a[/]"}]))
        code, output = self.run(file)
        assert code == 0
        assert "[red]a[/]" in output
        assert "2026-11-24T14:00:00+00:00" in output

    @pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, None])
    def test_a_file_that_is_no_list_of_cases_is_said_to_be_none(self, tmp_path: Path, content: bytes | None) -> None:
        file = tmp_path / "cases.json"
        if content is not None:
            file.write_bytes(content)
        code, output = self.run(file, "--json")
        assert code == 2
        assert "cases.json" in output
