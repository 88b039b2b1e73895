"""The part of CEL that conditions may use, as a tree: the library evaluates expressions but shows no tree to check.

What is left out on purpose is refused with what to write instead: maps, bytes, `map` and `filter`, comments. `tree.py`
is what an expression is made of, `tokens.py` its words and signs, `parsing.py` makes the one from the other.
"""

from ticketing.playbook.expressions.parsing import DEEPEST, LONGEST, parse
from ticketing.playbook.expressions.tokens import RESERVED, Unreadable
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
    begins,
    dotted,
    parts,
)

__all__ = [
    "DEEPEST",
    "LONGEST",
    "RESERVED",
    "Binary",
    "Call",
    "Choice",
    "Index",
    "Items",
    "Literal",
    "Member",
    "Name",
    "Tree",
    "Unary",
    "Unreadable",
    "begins",
    "dotted",
    "parse",
    "parts",
]
