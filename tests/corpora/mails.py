"""Mails that others sent and collected, against our reader: it never raises, and finds what other readers find."""

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.email import Mail, read
from connectors.email.judging.kind import judge
from connectors.email.judging.ours import Ours
from connectors.email.judging.thread import candidates
from connectors.email.quoting.split import split
from tests.corpora.findings import Finding

_SECONDS = 1.0
_MEMORY = 60, 5_000_000  # bytes for each byte of a mail, and besides
# Where the other reader, or the expectation, is not right, or both are.
_KNOWN = {
    "attachments": {
        "legacy/049": "three uuencoded files in the text, which we take out of it",
        "thirdparty/002": "base64 of nothing but garbage: we count it as text",
        "thirdparty/015": "three messages with boundaries of their own that do not end: the outer ones count",
    },
    "first sender": {"thirdparty/007": "an address without a domain is none"},
    "written": {
        "github/correct_sig.txt": "the dashes that are not to be there stand in the first sentence",
        "zapier/correct_sig.txt": "the same",
        "github/email_2_3.txt": "another mail than the one of this name that is meant",
    },
}


def check(folder: Path) -> Iterator[Finding]:
    """Four findings, and none where there are no mails."""
    yield _reading(folder)
    yield _written(folder / "reply_parser")
    for name, ours, theirs in (
        ("subject", _subject, _their_subject),
        ("first sender", _sender, _their_sender),
        ("attachments", _attachments, _their_attachments),
    ):
        yield _agreement(folder / "stalwart", name, ours, theirs)


def _reading(folder: Path) -> Finding:
    found = Finding("Mail: no bytes raise, take a second or much memory")
    for file in sorted(each for each in folder.rglob("*") if each.suffix in {".eml", ".txt"}):
        found.checked += 1
        raw = file.read_bytes()
        try:
            started = time.monotonic()
            mail = read(raw)
            judge(mail, Ours())
            candidates(mail)
            took = time.monotonic() - started
        except Exception as error:
            found.failures.append(f"{file}: {error!r}")
            continue
        if mail.split.text != mail.text:
            found.failures.append(f"{file}: its pieces are not its text")
        if took > _SECONDS:
            found.failures.append(f"{file}: took {took:.1f} seconds")
        if (peak := _peak(raw)) > len(raw) * _MEMORY[0] + _MEMORY[1]:
            found.failures.append(f"{file}: took {peak} bytes of memory")
    return found


def _peak(raw: bytes) -> int:
    tracemalloc.start()
    try:
        read(raw)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _written(folder: Path) -> Finding:
    found = Finding("Mail: what was written, apart from quotes")
    expected: Mapping[str, Mapping[str, Any]] = json.loads((folder / "expected.json").read_text())
    for file in sorted(folder.rglob("*.txt")):
        if file.name not in expected:
            continue
        found.checked += 1
        text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        started = time.monotonic()
        written = split(text).written
        wrong = list(_wrong(written, expected[file.name], time.monotonic() - started))
        if wrong and f"{file.parent.name}/{file.name}" in _KNOWN["written"]:
            found.allowed += 1
        elif wrong:
            found.failures.append(f"{file.parent.name}/{file.name}: {wrong}")
    return found


def _wrong(written: str, expected: Mapping[str, Any], took: float) -> Iterator[str]:
    if "equals" in expected and written != expected["equals"]:
        yield f"is {written[:100]!r}"
    yield from (f"lacks {each!r}" for each in expected.get("contains", ()) if each not in written)
    yield from (f"holds {each!r}" for each in expected.get("not_contains", ()) if each in written)
    if took > expected.get("max_seconds", _SECONDS):
        yield f"took {took:.1f} seconds"


def _agreement(folder: Path, name: str, ours: Callable[[Mail], object], theirs: Callable[[Any], object]) -> Finding:
    """Where the other reader could not read a header either, it is no measure."""
    found = Finding(f"Mail: {name} as another reader has it")
    agreed = 0
    for file in sorted(folder.rglob("*.json")):
        if not (source := file.with_suffix(".eml")).exists():
            continue
        found.checked += 1
        golden = json.loads(file.read_text())
        expected, given = theirs(golden), ours(read(source.read_bytes()))
        key = f"{file.parent.name}/{file.stem}"
        if expected == given:
            agreed += 1
        elif "\ufffd" in str(expected) or key in _KNOWN.get(name, {}):
            found.allowed += 1
        else:
            found.failures.append(f"{key}: {given!r} instead of {expected!r}")
    if found.checked:
        found.name += f" ({agreed} agree)"
    return found


def _plain(words: str | None) -> str:
    return " ".join((words or "").split()).lower()


def _subject(mail: Mail) -> object:
    return _plain(mail.subject)


def _sender(mail: Mail) -> object:
    return (_plain(mail.sender[0].name), _plain(mail.sender[0].address)) if mail.sender else None


def _attachments(mail: Mail) -> object:
    return len(mail.attachments)


def _header(golden: Any, name: str) -> Any:
    """The last one of a name, which is what that reader goes by."""
    values = [each["value"] for each in golden["parts"][0]["headers"] if each["name"] == name]
    return values[-1] if values and isinstance(values[-1], dict) else {}


def _their_subject(golden: Any) -> object:
    return _plain(_header(golden, "subject").get("Text"))


def _their_sender(golden: Any) -> object:
    said = _header(golden, "from").get("Address", {})
    people = said.get("List") or [each for group in said.get("Group", ()) for each in group["addresses"]]
    return (_plain(people[0]["name"]), _plain(people[0]["address"])) if people else None


def _their_attachments(golden: Any) -> object:
    return len(golden["attachments"])
