"""YAML to plain data that knows its places. Strict on purpose: a playbook reads the same to everybody.

Only true and false are yes and no, dates and times stay text, nothing is repeated by reference, no key stands twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_BYTES, DEEPEST = 256 * 1024, 16
Place = tuple[int, int]  # line and column, from 1
Plain = str | int | Decimal | bool | None | list["Plain"] | dict[str, "Plain"]


@dataclass
class Node:
    """A value of the document and where it stands."""

    place: Place
    data: Plain = None
    children: dict[str | int, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)  # of a mapping
    raw: str = ""  # of a scalar: as written, quotes included

    def child(self, step: str | int) -> "Node | None":
        return self.children.get(step)

    def inside(self, offset: int) -> Place:
        """Where this character of a text stands, whatever quotes and breaks are around it."""
        text = self.data if isinstance(self.data, str) else ""
        at = 1 if self.raw[:1] in ("'", '"') else self.raw.find("\n") + 1 if self.raw[:1] in ("|", ">") else 0
        for sign in text[:offset]:
            found = self.raw.find(sign, at) if not sign.isspace() else -1
            at = found + 1 if found >= 0 else at
        while at < len(self.raw) and self.raw[at].isspace() and not text[offset : offset + 1].isspace():
            at += 1
        before = self.raw[:at]
        line, column = self.place
        if "\n" in before:
            return line + before.count("\n"), len(before) - before.rfind("\n")
        return line, column + at


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the YAML itself."""

    place: Place
    message: str
    hint: str = ""


class NotYaml(Exception):
    """It cannot be read on. `flaws`: with those found before."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(flaws[-1].message)
        self.flaws = flaws


def decoded(given: str | bytes) -> str:
    """The text of a file. Raises NotYaml: too large, or not UTF-8."""
    if len(given) > MOST_BYTES:
        size = f"{len(given) / 1024 / 1024:.1f} MB" if len(given) >= 1024 * 1024 else f"{len(given) // 1024} KB"
        raise NotYaml(Flaw((1, 1), f"The file has {size}; a playbook has {MOST_BYTES // 1024} KB at most"))
    if isinstance(given, str):
        return given.removeprefix("\ufeff")
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = given[: error.start]
        place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise NotYaml(Flaw(place, "The file is not UTF-8", "Save it with the encoding UTF-8.")) from error


def read(text: str) -> tuple[Node, list[Flaw]]:
    """The document's root mapping, with what is wrong but does not hinder reading. Raises NotYaml."""
    reader = _Reader(text)
    try:
        root = reader.document()
    except MarkedYAMLError as error:
        raise NotYaml(*reader.flaws, _flaw(error, text)) from error
    except YAMLError as error:
        raise NotYaml(*reader.flaws, _unprintable(error, text)) from error
    if not isinstance(root.data, dict):
        raise NotYaml(Flaw(root.place, "This is no playbook", "Begin with a line language: 1."))
    return root, reader.flaws


class _Reader:
    def __init__(self, text: str) -> None:
        self.flaws: list[Flaw] = []
        self._text = text
        self._depth = 0

    def document(self) -> Node:
        yaml = YAML(typ="safe", pure=True)
        yaml.allow_duplicate_keys = True  # found below, with their places
        events = iter(yaml.parse(self._text))
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise NotYaml(Flaw(_place(event), "A second document begins here", "Take the line --- out."))
            if isinstance(event, NodeEvent):
                root = self._node(event, events)
        if root is None or (root.data is None and not root.children):
            raise NotYaml(Flaw((1, 1), "The file is empty", "docs/playbook-tutorial.md begins from nothing."))
        return root

    def _node(self, event: Event, events: Iterator[Event]) -> Node:
        place = _place(event)
        if isinstance(event, AliasEvent):
            message = f"*{event.anchor} repeats something by reference"
            raise NotYaml(*self.flaws, Flaw(place, message, "Write it out: references are not used."))
        if tag := getattr(event, "tag", None):
            hint = "A condition that begins with ! stands in quotes: '!…'."
            self.flaws.append(Flaw(place, f"{tag} is read as a YAML tag", hint))
        if isinstance(event, ScalarEvent):
            if _HIDDEN.search(str(event.value)):
                self.flaws.append(Flaw(place, "A sign that no text has is written here", "Take the escape out."))
                return Node(place)
            raw = self._text[event.start_mark.index : event.end_mark.index]
            return Node(place, _scalar(event), raw=raw)
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotYaml(*self.flaws, Flaw(place, "This is nested too deeply", "Check the indentation and brackets."))
        in_keys = isinstance(event, MappingStartEvent)
        node = self._mapping(place, events) if in_keys else self._list(place, event, events)
        self._depth -= 1
        return node

    def _list(self, place: Place, event: Event, events: Iterator[Event]) -> Node:
        assert isinstance(event, SequenceStartEvent)
        node = Node(place)
        data: list[Plain] = []
        for each in events:
            if isinstance(each, SequenceEndEvent):
                break
            child = self._node(each, events)
            if self._filled(child, "An item of this list"):
                node.children[len(data)] = child
                data.append(child.data)
        node.data = data
        return node

    def _mapping(self, place: Place, events: Iterator[Event]) -> Node:
        node = Node(place)
        data: dict[str, Plain] = {}
        for each in events:
            if isinstance(each, MappingEndEvent):
                break
            key, child = self._key(each, events), self._node(next(events), events)
            if key is None:
                continue
            if key in node.keys:
                first = node.keys[key][0]
                hint = f"It stands in line {first} already: keep one of them."
                self.flaws.append(Flaw(_place(each), f"{key} stands here twice", hint))
                continue
            node.keys[key] = _place(each)
            if self._filled(child, f"{key}"):
                node.children[key] = child
                data[key] = child.data
        node.data = data
        return node

    def _key(self, event: Event, events: Iterator[Event]) -> str | None:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self._node(event, events)
        self.flaws.append(Flaw(_place(event), "A list or mapping cannot be a key", "Write a name before the colon."))
        return None

    def _filled(self, child: Node, what: str) -> bool:
        if child.data is None and not any(flaw.place == child.place for flaw in self.flaws):
            self.flaws.append(Flaw(child.place, f"{what} is empty", "Write its value after it, or take the line out."))
        return child.data is not None


def _place(event: Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


# No database or message takes them, or a terminal would obey them.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")


def _scalar(event: ScalarEvent) -> Plain:
    text = str(event.value)
    if event.style is not None:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text[0] in "tT"
    if _INTEGER.fullmatch(text) and len(text) <= 18:
        return int(text)
    return Decimal(text) if _NUMBER.fullmatch(text) and len(text) <= 30 else text


# What the YAML library says, and what that means to somebody who writes a playbook.
_MEANINGS = (
    ("'\\t' that cannot start", "A tab stands here", "Indent with spaces."),
    ("that cannot start any token", "A value cannot begin with this sign", "Put the whole value in single quotes."),
    (
        "mapping values are not allowed",
        "A colon that does not belong here, or a wrong indentation",
        "A value with a colon and a space in it stands in single quotes.",
    ),
    ("found unexpected end of stream", "A quote is not closed", "Close it."),
    ("found unknown escape", "A \\ stands in double quotes", "Use single quotes, in which \\ is an ordinary sign."),
    (
        "but found '<scalar>'",
        "A value goes on after its closing quote, or a line is not indented like its neighbours",
        "Put the whole value in single quotes: '\"vip\" in ticket.tags'.",
    ),
    ("expected <block end>", "This line is not indented like its neighbours", "Put it right under them."),
    ("expected ',' or ']'", "A list in brackets is not closed", "Close it with ]."),
    ("expected ',' or '}'", "A mapping in braces is not closed", "Close it with }."),
    ("could not find expected ':'", "A line without a colon", "Write key: value."),
    ("found undefined alias", "A value cannot begin with *", "Put it in quotes."),
)


def _flaw(error: MarkedYAMLError, text: str) -> Flaw:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = str(error.problem or "")
    if "that cannot start" in problem and mark is not None and text[mark.index : mark.index + 1] == "\t":
        problem = _MEANINGS[0][0]
    for words, message, hint in _MEANINGS:
        if words in problem:
            return Flaw(place, message, hint)
    return Flaw(place, f"This is not YAML: {problem}", "Check the indentation, quotes and colons here.")


def _unprintable(error: YAMLError, text: str) -> Flaw:
    at = getattr(error, "position", 0)
    before = text[:at]
    place = (before.count("\n") + 1, at - before.rfind("\n"))
    return Flaw(place, "A sign that no text has stands here", "Delete it: it cannot be seen in most editors.")
