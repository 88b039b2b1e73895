"""Cases of open time and due instants from other people's calculators, against `threadline sla calculate`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from app.commands.sla import answer
from tests.corpora.findings import Finding


def check(file: Path) -> Finding:
    found = Finding("SLA: due and elapsed, to the second")
    for case in json.loads(file.read_text()):
        found.checked += 1
        given = answer(case)
        if not _is_right(given, case):
            found.failures.append(f"{case['id']} ({case['name']}): {given}")
    return found


def _is_right(given: dict[str, Any], case: dict[str, Any]) -> bool:
    if case["kind"] == "reject":
        return "error" in given
    if case["kind"] == "elapsed":
        return bool(given.get("seconds") == case["expected_seconds"])
    expected = {datetime.fromisoformat(each) for each in (case["expected_due"], *case.get("accept_also", ()))}
    return "due" in given and datetime.fromisoformat(given["due"]) in expected
