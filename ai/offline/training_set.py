"""The bundled utterances, read from the text files in `examples/`. Knows their format; knows nothing of learning.

# a comment
[refund_request]           every line below, until the next such line, has this intent
can i get a refund         neutral
+ great, thank you         satisfied
- still no refund          frustrated
! give me my money NOW     upset
refund order {order}       a slot, filled from `slots.txt`
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ai.offline.intents import INTENTS, TALK, WORTHY
from ticketing.triage.suggestion import Sentiment

FOLDER = Path(__file__).parent / "examples"

_NOT_EXAMPLES = {"slots.txt", "concepts.txt"}
_SLOT = re.compile(r"\{([a-z]+)\}")
_MARKS = {"+": Sentiment.SATISFIED, "-": Sentiment.FRUSTRATED, "!": Sentiment.UPSET}
# Customers rarely start with the request itself. Every third request is also learnt behind one of
# these, so that a greeting or a "yes" in front of a request does not hide it.
_OPENERS = ("hi ", "hello, ", "yes ", "ok thanks. ", "good morning ", "sorry, ", "hey {name} ", "also ", "and ", "ok ")
_CLOSERS = (" please", "", " thanks", " can you help me?", "?", "", " pls", " asap", "")
_OPENED_EVERY = 3
_INFORMATION_VARIANTS = 2  # of a line with slots; names, codes and numbers vary more than requests do


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled utterance. `group` joins variants of one line, so that a check never tests on its training line."""

    text: str
    intent: str
    sentiment: Sentiment
    group: int = 0

    @property
    def ticket_worthy(self) -> bool:
        return self.intent in WORTHY


def bundled(folder: Path = FOLDER) -> tuple[Example, ...]:
    """Every example of the folder, slots filled, openers added, in a fixed order. Raises ValueError on a bad line."""
    slots = _Slots.read(folder / "slots.txt")
    groups = count()
    examples: list[Example] = []
    for path in sorted(folder.glob("*.txt")):
        if path.name in _NOT_EXAMPLES:
            continue
        for intent, sentiment, line in _lines(path):
            examples.extend(_variants(line, intent, sentiment, next(groups), slots))
    return tuple(examples)


def _lines(path: Path) -> Iterator[tuple[str, Sentiment, str]]:
    intent: str | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]") and line[1:-1] in INTENTS:
            intent = line[1:-1]
        elif intent is None or re.fullmatch(r"\[[a-z]+_[a-z]+\]", line):
            raise ValueError(f"{path.name} line {number}: {line!r} is not under a known [intent]")
        elif line[:2] in {f"{mark} " for mark in _MARKS}:
            yield intent, _MARKS[line[0]], line[2:]
        else:
            yield intent, Sentiment.NEUTRAL, line


def _variants(line: str, intent: str, sentiment: Sentiment, group: int, slots: "_Slots") -> Iterator[Example]:
    has_slots = _SLOT.search(line) is not None
    repeats = _INFORMATION_VARIANTS if has_slots and intent in TALK else 1
    for _ in range(repeats):
        yield Example(slots.fill(line), intent, sentiment, group)
    if intent in WORTHY and group % _OPENED_EVERY == 0:
        turn = group // _OPENED_EVERY
        opened = _OPENERS[turn % len(_OPENERS)] + line + _CLOSERS[turn % len(_CLOSERS)]
        yield Example(slots.fill(opened), intent, sentiment, group)


class _Slots:
    """Fills slots by going round each one's values, so that the result is the same every time."""

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values
        self._next = dict.fromkeys(values, 0)

    @classmethod
    def read(cls, path: Path) -> "_Slots":
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split(":", 1) for line in lines if line.strip() and not line.startswith("#"))
        return cls({name.strip(): [value.strip() for value in values.split("|")] for name, values in pairs})

    def fill(self, line: str) -> str:
        return _SLOT.sub(lambda match: self._value(match[1]), line)

    def _value(self, slot: str) -> str:
        values = self._values.get(slot)
        if values is None:
            raise ValueError(f"no slot {{{slot}}} in slots.txt")
        index = self._next[slot]
        self._next[slot] = index + 1
        return values[index % len(values)]
