"""An export of the record of changes proves itself, and every change of it is found."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.audit import export, verify_file
from storage.database import Database
from storage.queries import audit as queries
from storage.queries.audit import EVERYTHING, Selection
from tests.app.audit.tampered import EVE, SECRET, Told, verify
from tests.factories import NOW
from ticketing.activity.checkpoint import EVERY, Signer
from ticketing.activity.exported import BadLine


async def exported(
    store: Database, path: Path, selection: Selection = EVERYTHING, part_of: dict[str, str | int] | None = None
) -> list[str]:
    await export(store, path, secret=SECRET, selection=selection, part_of=part_of, now=NOW + EVERY)
    return path.read_text().splitlines(keepends=True)


def edited(lines: Sequence[str], at: int, **changes: Any) -> list[str]:
    ((what, content),) = json.loads(lines[at]).items()
    return [*lines[:at], json.dumps({what: content | changes}) + "\n", *lines[at + 1 :]]


def lines_of(lines: Sequence[str], what: str) -> list[int]:
    return [at for at, line in enumerate(lines) if line.startswith(f'{{"{what}"')]


async def test_an_export_is_proven_with_the_public_key_alone_and_every_change_of_it_is_found(
    store: Database, told: Told, tmp_path: Path
) -> None:
    file, keys = tmp_path / "audit.jsonl", {Signer(SECRET.encode()).public}
    lines = await exported(store, file)
    whole = verify_file(file, keys=keys)
    in_database = await verify(store)
    assert (whole.findings, whole.doubts) == ([], [])
    assert (whole.records, whole.streams) == (in_database.records, in_database.streams)
    assert len(verify_file(file).doubts) == 1  # whose key is it?
    assert "signed with a key that is not trusted" in verify_file(file, keys={EVE.public}).findings[0].words
    record, covered = lines_of(lines, "record")[0], lines_of(lines, "covered")[0]
    head = json.loads(lines[covered])["covered"]["head"]
    stream = lines_of(lines, "stream")
    first, second = stream[0], stream[1]
    tampered = {
        "record_altered": edited(lines, record, actor_name="Eve"),
        "heads_altered": edited(lines, covered, head=[head[0], "a" * 64]),
        "heads_removed": lines[:covered] + lines[covered + 1 :],
        "checkpoint_forged": edited(lines, 1, streams=9),
        "checkpoint_removed": lines[:2] + lines[3:],
        "counts": lines[:first] + lines[second:],
        "file_cut_off": lines[:-1],
    }
    found = {}
    for what, changed in tampered.items():
        file.write_text("".join(changed))
        found[what] = {each.what for each in verify_file(file, keys=keys).findings}
    assert {what: what in told_of for what, told_of in found.items()} == dict.fromkeys(tampered, True) | {
        "counts": False
    }
    assert found["counts"] == {"heads_removed", "file_cut_off"}
    file.write_text("".join([*lines[:first], "nonsense\n", *lines[first:]]))
    with pytest.raises(BadLine, match=f"line {first + 1} of"):
        verify_file(file, keys=keys)
    moved = [*lines[:first], *lines[second:-1], *lines[first:second], lines[-1]]
    file.write_text("".join(moved))
    with pytest.raises(BadLine, match="out of order"):
        verify_file(file, keys=keys)


def everything_changed(value: Any) -> list[Any]:
    """The same JSON with one thing in it another one, for each thing in it."""
    if isinstance(value, dict):
        return [value | {name: other} for name, inner in value.items() for other in everything_changed(inner)]
    if isinstance(value, list):
        inside = [
            [*value[:at], other, *value[at + 1 :]]
            for at in range(len(value))
            for other in everything_changed(value[at])
        ]
        return [*inside, [*value, "more"]]
    return [None if value is not None else 1, "other", 9, []]


async def test_no_single_change_of_an_export_goes_unnoticed(store: Database, told: Told, tmp_path: Path) -> None:
    file, keys = tmp_path / "ticket.jsonl", {Signer(SECRET.encode()).public}
    lines = await exported(store, file, queries.of_ticket(told.streams[1].id), {"ticket": 1})
    tried, unnoticed = 0, []
    for at, line in enumerate(lines[1:], start=1):  # the header says what it is, and proves nothing
        ((what, content),) = json.loads(line).items()
        instead = [json.dumps({what: other}) + "\n" for other in everything_changed(content)]
        for other in ["", line + line, *(each for each in instead if json.loads(each) != json.loads(line))]:
            file.write_text("".join([*lines[:at], other, *lines[at + 1 :]]))
            tried += 1
            try:
                noticed = bool(verify_file(file, keys=keys).findings)
            except BadLine:
                noticed = True
            if not noticed:
                unnoticed.append(other)
    assert tried > 200
    assert [each for each in unnoticed if not each.startswith('{"stream"')] == []
    assert all('"head": [6' in each for each in unnoticed)  # only the number of the ticket, which is for people


async def test_the_export_of_one_ticket_proves_its_records_and_says_what_it_cannot_prove(
    store: Database, told: Told, tmp_path: Path
) -> None:
    file, keys = tmp_path / "ticket.jsonl", {Signer(SECRET.encode()).public}
    one = queries.of_ticket(told.streams[1].id)
    lines = await exported(store, file, selection=one, part_of={"ticket": 1})
    verdict = verify_file(file, keys=keys)
    assert (verdict.findings, verdict.doubts, verdict.streams, verdict.records) == ([], [], 1, 6)
    assert any("cannot prove that there are no other streams" in each for each in verdict.remarks)
    assert json.loads(lines[0])["audit"]["part_of"] == {"ticket": 1}
    file.write_text("".join(edited(lines, lines_of(lines, "record")[3], after={"n": 8})))
    (finding,) = verify_file(file, keys=keys).findings
    assert (finding.what, finding.ticket, finding.seq, finding.after) == ("record_altered", 1, 4, 1)
    during = queries.changed_during(NOW + timedelta(days=1), NOW + timedelta(days=2))
    none = await exported(store, file, selection=during, part_of={"from": "…", "to": "…"})
    assert lines_of(none, "record") == []
    during = queries.changed_during(NOW, NOW + timedelta(days=1))
    assert len(lines_of(await exported(store, file, during, {"from": "…", "to": "…"}), "stream")) >= 3
    assert (verify_file(file, keys=keys).findings, verify_file(file, keys=keys).doubts) == ([], [])
