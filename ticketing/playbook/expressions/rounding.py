"""Sums that are as exact as people expect of money.

Numbers of CEL are binary: 0.1 + 0.2 is a little more than 0.3 to it, and a sum of cents can lie beside the limit it is
compared with. So each sum, difference, product and quotient is rounded to a millionth, which is what fields hold.
"""

import json
from typing import Any

from ticketing.playbook.expressions.tree import (
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
    parts,
)

PLACES = 6  # digits after the decimal point
ROUNDED = "_rounded"  # the function's name: nobody can write it, names that begin so are unknown to the checker
_SIGNS = {"+", "-", "*", "/"}


def rounded(value: Any) -> Any:
    """Numbers only: texts, lists and instants have sums as well."""
    return round(value, PLACES) if isinstance(value, float) else value


def calculates(tree: Tree) -> bool:
    return (isinstance(tree, Binary) and tree.sign in _SIGNS) or any(map(calculates, parts(tree)))


def exactly(tree: Tree) -> str:
    """The expression again, with everything calculated rounded. In brackets throughout: nobody reads it."""
    match tree:
        case Literal(value=value):
            return json.dumps(value, ensure_ascii=False)  # also CEL's way to write each of these
        case Name(name=name):
            return name
        case Member(of=of, name=name):
            return f"{exactly(of)}.{name}"
        case Index(of=of, key=key):
            return f"{exactly(of)}[{exactly(key)}]"
        case Call(name=name, of=of, given=given):
            return f"{f'{exactly(of)}.' if of is not None else ''}{name}({_all(given)})"
        case Unary(sign=sign, operand=operand):
            return f"({sign}{exactly(operand)})"
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return f"({exactly(condition)} ? {exactly(then)} : {exactly(otherwise)})"
        case Items(items=items):
            return f"[{_all(items)}]"
        case Binary(sign=sign, left=left, right=right):
            return f"{ROUNDED if sign in _SIGNS else ''}({exactly(left)} {sign} {exactly(right)})"


def _all(trees: tuple[Tree, ...]) -> str:
    return ", ".join(map(exactly, trees))
