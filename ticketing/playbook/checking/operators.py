"""What may stand on both sides of an operator, and what comes of it."""

from ticketing.playbook.checking.faults import Faults
from ticketing.playbook.closest import closest
from ticketing.playbook.expressions import Binary, Items, Literal, Tree
from ticketing.playbook.kinds import ANY, DURATION, INSTANT, TEXT, YES_NO, Kind, Sort

_ORDERED = {Sort.NUMBER, Sort.WHOLE, Sort.INSTANT, Sort.DURATION}
NUMBERS = {Sort.NUMBER, Sort.WHOLE}
_SUMS = {
    ("+", Sort.INSTANT, Sort.DURATION): INSTANT,
    ("+", Sort.DURATION, Sort.DURATION): DURATION,
    ("+", Sort.TEXT, Sort.TEXT): TEXT,
    ("-", Sort.INSTANT, Sort.INSTANT): DURATION,
    ("-", Sort.INSTANT, Sort.DURATION): INSTANT,
    ("-", Sort.DURATION, Sort.DURATION): DURATION,
}


def combined(tree: Binary, left: Kind, right: Kind, faults: Faults) -> Kind:
    """What an operator makes of both its sides, other than && and ||."""
    if Sort.ANY in (left.sort, right.sort) and tree.sign not in ("==", "!=", "in"):
        return ANY if tree.sign in "+-*/%" else YES_NO
    if tree.sign == "in":
        return _in(tree, left, right, faults)
    if tree.sign in ("==", "!="):
        return _equal(tree, left, right, faults)
    return _order(tree, left, right, faults) if tree.sign[0] in "<>" else _sum(tree, left, right, faults)


def _in(tree: Binary, left: Kind, right: Kind, faults: Faults) -> Kind:
    if right.sort is Sort.LIST and right.of is not None:
        if not alike(left, right.of):
            faults.wrong(tree.at, f"{left} cannot be in a list of {right.of}")
        elif isinstance(tree.right, Items):
            for item in tree.right.items:
                _option(item, left, faults)
        else:
            _option(tree.left, right.of, faults)
    elif right.sort not in (Sort.MAP, Sort.ANY):
        hint = "Write .contains(…)." if right.sort is Sort.TEXT else ""
        faults.wrong(tree.at, f"in wants a list after it, and this is {right}", hint)
    elif right.sort is Sort.MAP and left.sort not in (Sort.TEXT, Sort.ANY):
        faults.wrong(tree.at, f"Its parts have names, not {left}")
    return YES_NO


def _equal(tree: Binary, left: Kind, right: Kind, faults: Faults) -> Kind:
    if Sort.LIST in (left.sort, right.sort) and Sort.NOTHING not in (left.sort, right.sort):
        faults.wrong(tree.at, f"{tree.sign} does not compare lists", 'Ask "…" in it, or size(…) == 0.')
    elif not alike(left, right):
        faults.wrong(tree.at, f"{left} is compared with {right}", _unlike(left, right))
    _option(tree.right, left, faults)
    _option(tree.left, right, faults)
    return YES_NO


def _option(tree: Tree, kind: Kind, faults: Faults) -> None:
    """A text that stands for one of the options has to be one."""
    if kind.options is None or not isinstance(tree, Literal) or not isinstance(tree.value, str):
        return
    if tree.value not in kind.options:
        what = kind.what or "an option"
        faults.wrong(tree.at, f'"{tree.value}" is not {what}', closest(tree.value, kind.options))


def _order(tree: Binary, left: Kind, right: Kind, faults: Faults) -> Kind:
    sorts = {left.sort, right.sort}
    if not (sorts <= NUMBERS or (len(sorts) == 1 and sorts <= _ORDERED)):
        hint = _unlike(left, right)
        if left.options is not None:
            hint = f'It has no order here. Name them: … in ["{left.options[0]}", …].'
        faults.wrong(tree.at, f"{tree.sign} cannot compare {left} with {right}", hint)
    return YES_NO


def _sum(tree: Binary, left: Kind, right: Kind, faults: Faults) -> Kind:
    if found := _SUMS.get((tree.sign, left.sort, right.sort)):
        return found
    if not {left.sort, right.sort} <= NUMBERS:
        return faults.wrong(tree.at, f"{left} {tree.sign} {right} makes no sense")
    if left.sort is not right.sort:
        return faults.wrong(
            tree.at, "A whole number and another number do not mix", "Write 2.0 for 2, or double(size(…))."
        )
    if tree.sign == "%" and left.sort is Sort.NUMBER:
        return faults.wrong(tree.at, "% is for whole numbers only")
    certain = isinstance(tree.right, Literal) and tree.right.value != 0
    if tree.sign in "/%" and left.sort is Sort.WHOLE and not certain:
        return faults.wrong(tree.at, "This may divide by nothing", "Divide by a number that is not 0.")
    return left


def alike(left: Kind, right: Kind) -> bool:
    """Whether two may be compared: null with anything, whole numbers with others."""
    sorts = {left.sort, right.sort}
    return len(sorts) == 1 or bool(sorts & {Sort.ANY, Sort.NOTHING}) or sorts <= NUMBERS


def _unlike(left: Kind, right: Kind) -> str:
    sorts = {left.sort, right.sort}
    if Sort.NOTHING in sorts:
        return "Ask … != null first."
    if sorts == {Sort.TEXT}:
        return "Texts have no order here: compare with ==."
    if Sort.TEXT in sorts and sorts & NUMBERS:
        return "Numbers stand without quotes, texts with them."
    if Sort.TEXT in sorts and Sort.INSTANT in sorts:
        return 'Write timestamp("2026-12-31T00:00:00Z").'
    if Sort.TEXT in sorts and Sort.YES_NO in sorts:
        return "Write true or false, without quotes."
    if Sort.DURATION in sorts:
        return 'A duration is written duration("48h").'
    return ""
