"""`threadline autonomy`, as an admin types it."""

import json
from pathlib import Path

import pytest

from tests.app.shell import Shell
from tests.ticketing.playbook.resolving.test_broken import BASE

EARNING = BASE.replace("autonomy: act_alone", "autonomy: act_alone\n      earns: {from: suggest, over: 20}")


def test_it_is_shown_and_set_within_what_the_playbook_allows(
    threadline: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADLINE_ACTIONS", "tests.ticketing.playbook.resolving.actions")
    file = tmp_path / "ours.yaml"
    file.write_text(EARNING, encoding="utf-8")
    threadline("playbook", "apply", str(file), "--yes")
    assert threadline("autonomy").splitlines() == [
        "return: suggest (at most: act alone)",
        "    0 of 0 cases right so far; a step up takes 95% of 20, a step down 2 wrong",
    ]
    assert threadline("autonomy", "return", "Act-alone") == "From now on the AI's autonomy with return is: act alone.\n"
    assert "It was so already." in threadline("autonomy", "return", "act_alone")
    threadline("autonomy", "return", "shadow")
    told = threadline("autonomy", "return")
    assert "return: shadow (at most: act alone)" in told
    newest, before = [line.partition(" UTC ")[2] for line in told.splitlines() if " UTC " in line]
    assert newest.startswith("set: act alone → shadow. ")
    assert before.startswith("set: suggest → act alone. ")
    (data,) = json.loads(threadline("autonomy", "--json"))
    assert (data["type"], data["level"], data["at_most"], data["over"]) == ("return", "shadow", "act_alone", 20)
    assert [move["level"] for move in data["moves"]] == ["shadow", "act_alone"]
    assert "There is no “most”. There are: shadow, suggest" in threadline("autonomy", "return", "most", code=1)
    assert "no type “lost”" in threadline("autonomy", "lost", code=1)
    file.write_text(EARNING.replace("act_alone", "suggest").replace("from: suggest", "from: shadow"), encoding="utf-8")
    threadline("playbook", "apply", str(file), "--yes")
    assert "The playbook lets it suggest at most" in threadline("autonomy", "return", "act_alone", code=1)
