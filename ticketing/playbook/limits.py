"""Which way the limits in a condition moved: what a rule lets through now that it did not, or no longer does."""

from collections.abc import Iterator

from ticketing.playbook.expressions import Binary, Literal, Tree, Unary, Unreadable, parse, parts

_BELOW, _ABOVE = ("<", "<="), (">", ">=")
_Moved = bool | None  # whether more passes; None: that cannot be said


def looser(before: str, after: str) -> _Moved:
    """True: only limits moved, and more passes. False: less does. None: something else changed, or both ways."""
    try:
        moves = set(_moves(parse(before), parse(after), yes=True))
    except Unreadable:
        return None
    return moves.pop() if len(moves) == 1 else None


def _moves(before: Tree, after: Tree, *, yes: bool) -> Iterator[_Moved]:
    """`yes`: the more often this part holds, the more passes."""
    if _same(before, after):
        return
    match before, after:
        case (Binary(sign=sign), Binary(sign=other)) if sign == other and sign in ("&&", "||"):
            yield from _moves(before.left, after.left, yes=yes)
            yield from _moves(before.right, after.right, yes=yes)
        case (Unary(sign="!"), Unary(sign="!")):
            yield from _moves(before.operand, after.operand, yes=not yes)
        case (Binary(sign=sign), Binary(sign=other)) if sign == other and sign in (*_BELOW, *_ABOVE):
            yield _limit(before, after, yes=yes)
        case _:
            yield None


def _limit(before: Binary, after: Binary, *, yes: bool) -> _Moved:
    """Of one comparison: the side that is a plain number moved, and the other one did not."""
    old, new = _number(before.right), _number(after.right)
    if old is not None and new is not None and _same(before.left, after.left):
        return ((new > old) is (before.sign in _BELOW)) is yes
    old, new = _number(before.left), _number(after.left)
    if old is not None and new is not None and _same(before.right, after.right):
        return ((new > old) is (before.sign in _ABOVE)) is yes
    return None


def _number(tree: Tree) -> float | None:
    value = tree.value if isinstance(tree, Literal) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _same(before: Tree, after: Tree) -> bool:
    """Wherever they stand in their expressions."""
    if type(before) is not type(after) or len(parts(before)) != len(parts(after)):
        return False
    if not all(_same(*pair) for pair in zip(parts(before), parts(after), strict=True)):
        return False
    return _itself(before) == _itself(after)


def _itself(tree: Tree) -> tuple[object, ...]:
    """What a part says beside its own parts."""
    return tuple(getattr(tree, name, None) for name in ("value", "name", "sign"))
