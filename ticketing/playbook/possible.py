"""Whether a condition can hold at all, where some of what it asks about is known. Finds what is always hidden."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from ticketing.playbook.expressions import Binary, Choice, Items, Literal, Member, Name, Tree, Unary, dotted, parts
from ticketing.playbook.kinds import Kind, Names, Sort

Value = str | int | float | bool | None
MOST = 2000  # combinations that are tried; beyond, names count as unknown


class _Unknown:
    """Something that is known only when it is asked."""


_UNKNOWN = _Unknown()
_Folded = Value | _Unknown | tuple["Value | _Unknown", ...]


def can_hold(tree: Tree, names: Names, known: Mapping[str, Value]) -> bool:
    """False only where it is certain that it never does. `known`: "ticket.type" to its value."""
    asked = {name: kind for name, kind in named(tree, names).items() if name not in known}
    choices = {name: values for name, kind in asked.items() if (values := _values(kind))}
    while prod(map(len, choices.values())) > MOST:
        choices.pop(max(choices, key=lambda name: len(choices[name])))
    for values in product(*choices.values()):
        answer = _fold(tree, {**known, **dict(zip(choices, values, strict=True))})
        if answer is True or answer is _UNKNOWN:
            return True
    return False


def named(tree: Tree, names: Names) -> dict[str, Kind]:
    """Every plain name that a condition asks about, with what it is."""
    found: dict[str, Kind] = {}
    for each in _walk(tree):
        kind = _kind(dotted(each), names) if isinstance(each, Name | Member) else None
        name = dotted(each)
        if kind is not None and name is not None:
            found[name] = kind
    return found


def _walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in parts(tree):
        yield from _walk(part)


def _kind(name: str | None, names: Names) -> Kind | None:
    found: Kind | Names = names
    for part in (name or "").split("."):
        if isinstance(found, Kind) or part not in found:
            return None
        found = found[part]
    return found if isinstance(found, Kind) else None


def _values(kind: Kind) -> tuple[Value, ...]:
    """All that something can be, where that is few."""
    if kind.options is not None and kind.sort is Sort.TEXT:
        return (*kind.options, None)
    return (True, False, None) if kind.sort is Sort.YES_NO else ()


def _fold(tree: Tree, known: Mapping[str, Value]) -> _Folded:
    match tree:
        case Literal(value=value):
            return value
        case Name() | Member():
            return known.get(dotted(tree) or "", _UNKNOWN)
        case Items(items=items):
            folded = [_fold(item, known) for item in items]
            return tuple(item for item in folded if not isinstance(item, tuple))
        case Unary(sign="!", operand=operand):
            answer = _fold(operand, known)
            # Asking no of nothing is an error, and an error is not yes.
            return not answer if isinstance(answer, bool) else answer if answer is _UNKNOWN else False
        case Binary():
            return _binary(tree, known)
        case Choice(condition=condition, then=then, otherwise=otherwise):
            answer = _fold(condition, known)
            if answer is _UNKNOWN:
                return _UNKNOWN
            return _fold(then if answer is True else otherwise, known)
    return _UNKNOWN


def _binary(tree: Binary, known: Mapping[str, Value]) -> _Folded:
    left, right = _fold(tree.left, known), _fold(tree.right, known)
    if tree.sign == "&&":
        return False if left is False or right is False else True if (left, right) == (True, True) else _UNKNOWN
    if tree.sign == "||":
        return True if left is True or right is True else False if (left, right) == (False, False) else _UNKNOWN
    if tree.sign == "in" and isinstance(right, tuple) and left is not _UNKNOWN:
        return True if left in right else _UNKNOWN if _UNKNOWN in right else False
    if _UNKNOWN in (left, right) or isinstance(left, tuple) or isinstance(right, tuple):
        return _UNKNOWN
    if tree.sign in ("==", "!="):
        return (left == right) == (tree.sign == "==")
    return None if left is None or right is None else _UNKNOWN  # more than nothing is an error, and that is not yes
