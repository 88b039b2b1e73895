"""What an expression is made of. `at` is the character, from 0, where the thing itself stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    at: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    at: int  # of the member's own name
    of: "Tree"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    at: int
    of: "Tree"
    key: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    at: int
    name: str
    of: "Tree | None"  # what stands before the dot
    given: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Unary:
    at: int
    sign: str  # ! -
    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Binary:
    at: int  # of the operator
    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Choice:
    at: int
    condition: "Tree"
    then: "Tree"
    otherwise: "Tree"


@dataclass(frozen=True, slots=True)
class Items:
    at: int
    items: "tuple[Tree, ...]"


Tree = Literal | Name | Member | Index | Call | Unary | Binary | Choice | Items


def parts(tree: Tree) -> tuple[Tree, ...]:
    """What a tree is directly made of."""
    match tree:
        case Member(of=of):
            return (of,)
        case Index(of=of, key=key):
            return (of, key)
        case Call(of=of, given=given):
            return given if of is None else (of, *given)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Items(items=items):
            return items
    return ()


def begins(tree: Tree) -> int:
    """The character at which a tree begins; `at` is where the thing itself stands, like an operator."""
    match tree:
        case Member(of=of) | Index(of=of):
            return begins(of)
        case Call(of=of) if of is not None:
            return begins(of)
        case Binary(left=left):
            return begins(left)
        case Choice(condition=condition):
            return begins(condition)
    return tree.at


def dotted(tree: Tree) -> str | None:
    """`ticket.type` for the tree of it; None for anything that is no plain name."""
    match tree:
        case Name(name=name):
            return name
        case Member(of=of, name=name):
            before = dotted(of)
            return f"{before}.{name}" if before else None
    return None
