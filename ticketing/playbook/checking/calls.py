"""The functions that a condition may call: what each takes, and what it gives."""

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

from ticketing.playbook.checking.faults import Faults
from ticketing.playbook.checking.operators import NUMBERS
from ticketing.playbook.closest import closest
from ticketing.playbook.expressions import Call, Literal, Member, Name, Tree, dotted
from ticketing.playbook.kinds import ANY, DURATION, INSTANT, MAP, NUMBER, WHOLE, YES_NO, Kind, Names, Sort

_TEXT_ASKS = ("contains", "startsWith", "endsWith", "matches")
_MACROS = ("exists", "all", "exists_one")
_MOST_INSIDE = 2  # of them in one another
FUNCTIONS = ("size", "has", "timestamp", "duration", "double", *_TEXT_ASKS, *_MACROS)


class Asks(Protocol):
    """Knows what the parts of a condition are."""

    @property
    def names(self) -> Names: ...

    @property
    def inside(self) -> int:
        """So many questions about lists."""
        ...

    def kind(self, tree: Tree) -> Kind: ...

    def look(self, tree: Tree) -> Kind | Names:
        """What a name stands for, which may be a group of names."""
        ...

    def want(self, tree: Tree, sort: Sort, message: str) -> None:
        """Of any other sort it is wrong, and this is said."""
        ...

    def within(self, name: str, kind: Kind) -> "Asks":
        """One question about a list further inside, knowing one name more."""
        ...


class Calls:
    def __init__(self, ask: Asks, faults: Faults) -> None:
        self._ask = ask
        self._faults = faults

    def kind(self, tree: Call) -> Kind:
        """What the function gives."""
        name = tree.name
        if name == "size":
            return self._size(tree)
        if tree.of is None:
            plain: dict[str, Callable[[Call], Kind]] = {
                "has": self._has,
                "timestamp": partial(self._made, kind=INSTANT, like='timestamp("2026-12-31T00:00:00Z")'),
                "duration": partial(self._made, kind=DURATION, like='duration("48h")'),
                "double": self._double,
            }
            if name in plain:
                return plain[name](tree)
        elif name in _TEXT_ASKS:
            return self._ask_text(tree, tree.of)
        elif name in _MACROS:
            return self._macro(tree, tree.of)
        if name in FUNCTIONS:
            right = f"{name}(…)" if tree.of is not None else f"text.{name}(…)"
            return self._faults.wrong(tree.at, f"{name} is not written like that", f"Write {right}.")
        return self._faults.wrong(tree.at, f"There is no function {name}", closest(name, list(FUNCTIONS)))

    def _given(self, tree: Call, count: int) -> bool:
        if len(tree.given) == count:
            return True
        self._faults.wrong(tree.at, f"{tree.name} takes {count}, and {len(tree.given)} are given")
        return False

    def _size(self, tree: Call) -> Kind:
        if not self._given(tree, 1 if tree.of is None else 0):
            return WHOLE
        kind = self._ask.kind(tree.of if tree.of is not None else tree.given[0])
        if kind.sort not in (Sort.TEXT, Sort.LIST, Sort.MAP, Sort.ANY):
            self._faults.wrong(tree.at, f"{kind} has no size")
        return WHOLE

    def _has(self, tree: Call) -> Kind:
        if self._given(tree, 1):
            given = tree.given[0]
            if not isinstance(given, Member):
                self._faults.wrong(tree.at, "has wants a name with a dot", "Write has(customer.attributes.vip).")
            elif self._ask.look(given.of) not in (MAP, ANY):
                hint = f"Ask whether it has a value: {dotted(given)} != null."
                self._faults.wrong(tree.at, "This name is always there", hint)
        return YES_NO

    def _made(self, tree: Call, *, kind: Kind, like: str) -> Kind:
        """A duration or an instant that is written out."""
        if not self._given(tree, 1):
            return kind
        given = tree.given[0]
        if not isinstance(given, Literal) or not isinstance(given.value, str) or not _evaluates(tree.name, given.value):
            hint = f"Write {like}."
            if kind == DURATION:
                hint += " Days are hours here: 5 days are 120h."
            self._faults.wrong(given.at, f"This is no {tree.name}", hint)
        return kind

    def _double(self, tree: Call) -> Kind:
        if self._given(tree, 1) and (kind := self._ask.kind(tree.given[0])).sort not in {*NUMBERS, Sort.ANY}:
            self._faults.wrong(tree.at, f"double wants a number, and this is {kind}")
        return NUMBER

    def _ask_text(self, tree: Call, of: Tree) -> Kind:
        kind = self._ask.kind(of)
        if kind.sort not in (Sort.TEXT, Sort.ANY):
            hint = 'Write "…" in it.' if kind.sort is Sort.LIST else ""
            self._faults.wrong(tree.at, f"{tree.name} is for text, and this is {kind}", hint)
        if self._given(tree, 1):
            given = tree.given[0]
            self._ask.want(given, Sort.TEXT, f"{tree.name} wants a text")
            if tree.name == "matches":
                self._pattern(given)
        return YES_NO

    def _pattern(self, given: Tree) -> None:
        if not isinstance(given, Literal) or not isinstance(given.value, str):
            self._faults.wrong(given.at, "matches wants a pattern that is written out", r"Write matches('^[0-9]+$').")
        elif not _matchable(given.value):
            self._faults.wrong(
                given.at, "This is no pattern that can be used", "Look-around and back-references are not."
            )

    def _macro(self, tree: Call, of: Tree) -> Kind:
        kind = self._ask.kind(of)
        if kind.sort not in (Sort.LIST, Sort.ANY):
            self._faults.wrong(tree.at, f"{tree.name} is for lists, and this is {kind}")
        if not self._given(tree, 2):
            return YES_NO
        variable, question = tree.given
        if not isinstance(variable, Name):
            self._faults.wrong(
                variable.at, "A name for each of the list comes first", f'Write {tree.name}(x, x == "…").'
            )
        elif variable.name in self._ask.names:
            self._faults.wrong(variable.at, f"{variable.name} is a name already", "Call it x.")
        elif self._ask.inside == _MOST_INSIDE:  # each asks as often as all around it together, times its list
            hint = "One question inside another is enough."
            self._faults.wrong(tree.at, f"{tree.name} stands inside too many others", hint)
        else:
            inner = self._ask.within(variable.name, kind.of or ANY)
            inner.want(question, Sort.YES_NO, "The question about each of the list has to be yes or no")
        return YES_NO


def _evaluates(function: str, text: str) -> bool:
    if function == "duration" and not re.fullmatch(r"-?([0-9]{1,7}(\.[0-9]{1,3})?(h|m|s|ms))+", text):
        return False
    import cel  # brings a command line of its own: a tenth of a start, for who reads no condition

    try:
        cel.evaluate(f"{function}(given)", {"given": text})
    except (ValueError, TypeError, RuntimeError, OverflowError):
        return False
    return True


def _matchable(pattern: str) -> bool:
    import cel

    try:
        cel.evaluate("''.matches(pattern)", {"pattern": pattern})
    except (ValueError, TypeError, RuntimeError):
        return False
    return True
