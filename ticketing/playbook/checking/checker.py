"""Walks through the tree of a condition: what each part is, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ticketing.playbook.checking.calls import FUNCTIONS, Calls
from ticketing.playbook.checking.faults import Fault, Faults
from ticketing.playbook.checking.operators import NUMBERS, alike, combined
from ticketing.playbook.closest import closest
from ticketing.playbook.expressions import (
    Binary,
    Call,
    Choice,
    Index,
    Items,
    Literal,
    Member,
    Name,
    Tree,
    Unary,
    Unreadable,
    begins,
    dotted,
    parse,
)
from ticketing.playbook.kinds import ANY, NOTHING, NUMBER, TEXT, WHOLE, YES_NO, Kind, Names, Sort, list_of


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that was looked at. No `tree`: it could not be read. `kind`: what it gives, where it is right."""

    faults: tuple[Fault, ...]
    tree: Tree | None = None
    kind: Kind = ANY


def check(source: str, names: Names) -> Checked:
    """Everything that is wrong with a condition."""
    try:
        tree = parse(source)
    except Unreadable as error:
        return Checked((Fault(error.at, error.message, error.hint),))
    found = Faults()
    checker = _Checker(names, found)
    kind = checker.kind(tree)
    faults = found.found
    if not faults and kind.sort not in (Sort.YES_NO, Sort.ANY):
        faults.append(Fault(0, f"The condition gives {kind}, not yes or no", _compare(tree, kind)))
    if not faults and not checker.asked:
        faults.append(Fault(0, "The condition asks about nothing: it is always the same", "Leave it out."))
    if not faults:
        faults += _library(source)
    return Checked(tuple(faults), tree, kind)


def check_value(source: str, names: Names) -> Checked:
    """Everything that is wrong with an expression that gives a value. Whether its kind fits, who asks decides."""
    try:
        tree = parse(source)
    except Unreadable as error:
        # The parser speaks of conditions, which most expressions are.
        return Checked((Fault(error.at, error.message.replace("condition", "expression"), error.hint),))
    found = Faults()
    kind = _Checker(names, found).kind(tree)
    faults = found.found or _library(source)
    return Checked(tuple(faults), tree, kind if not faults else ANY)


def _library(source: str) -> list[Fault]:
    import cel  # brings a command line of its own: a tenth of a start, for who reads no condition

    try:
        cel.compile(source)
    except ValueError as error:
        return [Fault(0, "The condition cannot be read", str(error).splitlines()[0][:200])]
    return []


def _compare(tree: Tree, kind: Kind) -> str:
    if name := dotted(tree):
        return f"Compare it: {name} == …" if kind.sort is not Sort.LIST else f'Ask for one: "…" in {name}'
    return "Compare it with something."


class _Checker:
    def __init__(self, names: Names, faults: Faults, *, inside: int = 0) -> None:
        self.names = names
        self.inside = inside  # so many questions about lists
        self._faults = faults
        self.asked = False  # it names something

    def kind(self, tree: Tree) -> Kind:
        match tree:
            case Literal():
                return _literal(tree)
            case Name() | Member():
                return self._named(tree)
            case Index():
                return self._index(tree)
            case Unary():
                return self._unary(tree)
            case Binary():
                return self._binary(tree)
            case Choice():
                return self._choice(tree)
            case Items():
                return self._items(tree)
            case Call():
                return Calls(self, self._faults).kind(tree)

    def _named(self, tree: Name | Member) -> Kind:
        found = self.look(tree)
        if isinstance(found, Kind):
            return found
        name = dotted(tree)
        return self._faults.wrong(
            tree.at, f"{name} is a group of names", f"Ask about one: {name}.{next(iter(found), '…')}."
        )

    def look(self, tree: Tree) -> "Kind | Names":
        """What a name stands for."""
        if isinstance(tree, Name):
            self.asked = True
            if tree.name in self.names:
                return self.names[tree.name]
            return self._faults.wrong(tree.at, f"There is no {tree.name} to ask about", self._elsewhere(tree.name))
        if not isinstance(tree, Member):
            return self.kind(tree)
        before = self.look(tree.of)
        if isinstance(before, Mapping):
            if tree.name in before:
                return before[tree.name]
            group = dotted(tree.of)
            message = f"There is no field {tree.name}" if group == "fields" else f"{group} has no {tree.name}"
            return self._faults.wrong(tree.at, message, closest(tree.name, before))
        if before.sort in (Sort.MAP, Sort.ANY):
            return ANY
        return self._faults.wrong(
            tree.at, f"{before} has no {tree.name}", "Only groups of names have a dot after them."
        )

    def _elsewhere(self, name: str) -> str:
        """Where a name without its group stands: `type` is `ticket.type`."""
        for group, names in self.names.items():
            if isinstance(names, Mapping) and name in names:
                return f"Write {group}.{name}."
        if name.lower() in ("yes", "no", "on", "off"):
            return "Write true or false."
        if name not in FUNCTIONS and not get_close_matches(name, list(self.names)):
            return f'{closest(name, self.names)} A text stands in quotes: "{name}".'
        return closest(name, self.names)

    def _index(self, tree: Index) -> Kind:
        of, key = self.kind(tree.of), self.kind(tree.key)
        if of.sort is Sort.LIST:
            return self._faults.wrong(tree.at, "A list may be shorter than that", 'Ask "…" in it, or use exists(x, …).')
        if of.sort not in (Sort.MAP, Sort.ANY):
            return self._faults.wrong(tree.at, f"{of} has no parts")
        if key.sort not in (Sort.TEXT, Sort.ANY):
            return self._faults.wrong(tree.at, f"Its parts have names, not {key}", 'Write ["name"].')
        return ANY

    def _unary(self, tree: Unary) -> Kind:
        kind = self.kind(tree.operand)
        allowed = {Sort.YES_NO} if tree.sign == "!" else NUMBERS
        if kind.sort is Sort.ANY or kind.sort in allowed:
            return YES_NO if tree.sign == "!" else kind
        wants = "yes or no" if tree.sign == "!" else "a number"
        return self._faults.wrong(tree.at, f"{tree.sign} wants {wants}, and this is {kind}")

    def _choice(self, tree: Choice) -> Kind:
        self.want(tree.condition, Sort.YES_NO, "What stands before ? has to be yes or no")
        then, otherwise = self.kind(tree.then), self.kind(tree.otherwise)
        if not alike(then, otherwise):
            return self._faults.wrong(tree.at, f"One side of : is {then}, the other {otherwise}")
        return replace(then, options=None) if then.sort is not Sort.NOTHING else otherwise

    def _items(self, tree: Items) -> Kind:
        if not tree.items:
            return self._faults.wrong(tree.at, "An empty list says nothing", "Ask size(…) == 0.")
        kinds = [self.kind(item) for item in tree.items]
        if not all(alike(kinds[0], kind) for kind in kinds):
            return self._faults.wrong(tree.at, "The things in this list are not of one kind")
        return list_of(kinds[0])

    def want(self, tree: Tree, sort: Sort, message: str) -> None:
        kind = self.kind(tree)
        if kind.sort not in (sort, Sort.ANY):
            self._faults.wrong(begins(tree), f"{message}; this is {kind}")

    def _binary(self, tree: Binary) -> Kind:
        if tree.sign in ("&&", "||"):
            for side in (tree.left, tree.right):
                self.want(side, Sort.YES_NO, f"{tree.sign} stands between two questions")
            return YES_NO
        return combined(tree, self.kind(tree.left), self.kind(tree.right), self._faults)

    def within(self, name: str, kind: Kind) -> "_Checker":
        return _Checker({**self.names, name: kind}, self._faults, inside=self.inside + 1)


def _literal(tree: Literal) -> Kind:
    match tree.value:
        case bool():
            return YES_NO
        case int():
            return WHOLE
        case float():
            return NUMBER
        case str():
            return TEXT
    return NOTHING
