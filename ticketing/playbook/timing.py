"""When a condition may come to hold because time passes: what it says of time, read off as far as it can be.

So a clock need not ask it again and again: it asks at the instants at which the answer may be another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ticketing.playbook.expressions import Binary, Literal, Tree, Unary, dotted, parts

NOW = "now"
PASSING = frozenset({"ticket.age_hours", "ticket.status_hours", "ticket.open_hours", "sla.used"})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


@dataclass(frozen=True, slots=True)
class Timing:
    """A name of PASSING compared with `bound`; or, without one, a name that is an instant compared with now."""

    name: str
    bound: float | None = None


class Untimed(Exception):
    """Something about time of which nobody can tell when it comes to hold. `at`: where it stands."""

    def __init__(self, at: int, name: str) -> None:
        super().__init__(name)
        self.at, self.name = at, name


def timings(tree: Tree) -> Iterator[Timing]:
    """All of a condition. Raises Untimed."""
    if isinstance(tree, Binary) and tree.sign in _COMPARISONS:
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            name, asked = dotted(one), dotted(other)
            if name in PASSING and (bound := _number(other)) is not None:
                yield Timing(name, bound)
                return
            if name in PASSING | {NOW} and _is_nothing(other):
                return
            if name == NOW and asked is not None and asked not in PASSING | {NOW}:
                yield Timing(asked)
                return
    name = dotted(tree)
    if name in PASSING or name == NOW:
        raise Untimed(tree.at, name)
    for part in parts(tree):
        yield from timings(part)


def _is_nothing(tree: Tree) -> bool:
    return isinstance(tree, Literal) and tree.value is None


def _number(tree: Tree) -> float | None:
    if isinstance(tree, Unary) and tree.sign == "-":
        below = _number(tree.operand)
        return None if below is None else -below
    if isinstance(tree, Literal) and isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
        return float(tree.value)
    return None
