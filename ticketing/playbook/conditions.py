"""Conditions: CEL expressions over a documented context (SPEC 3.4). Compiled once, asked often.

`checking/` refuses at load what could not be answered here: an unknown name, a comparison of unlike things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ticketing.playbook.expressions import Member, Name, Tree, Unreadable, parse, parts

if TYPE_CHECKING:
    import cel

Context = Mapping[str, Any]  # what a condition may ask about: made by `facts.py`


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression that is true or not. Two of the same words are equal."""

    source: str
    _program: "cel.Program" = field(init=False, repr=False, compare=False)
    _asks: "_Asks | None" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import cel  # brings a command line of its own: a tenth of a start, for who reads no condition

        object.__setattr__(self, "_program", cel.compile(self.source))
        object.__setattr__(self, "_asks", _asks(self.source))

    @property
    def fields(self) -> frozenset[str]:
        """Keys of the custom fields that it asks about."""
        return (self._asks or {}).get("fields") or frozenset()

    def holds(self, context: Context, *, otherwise: bool) -> bool:
        """Whether it is so. `otherwise`: the answer where something it asks about has no value yet.

        Whoever asks chooses the safe side: an approval is needed, a field is hidden, the AI may not.
        """
        answer = self.answer(context)
        return answer if isinstance(answer, bool) else otherwise

    def answer(self, context: Context) -> Any:
        """What the expression gives; None: something that it asks about has no value."""
        try:
            return self._program.execute(self._part(context))
        except (ValueError, TypeError, LookupError, RuntimeError, ArithmeticError):
            return None

    def _part(self, context: Context) -> dict[str, Any]:
        """Only what it asks about: the library translates all that it is given, which takes ten times as long."""
        if self._asks is None:
            return dict(context)
        found: dict[str, Any] = {}
        for group, members in self._asks.items():
            if group not in context:
                continue
            whole = context[group]
            found[group] = whole if members is None else {name: whole[name] for name in members if name in whole}
        return found


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression that gives a value: a text, a number, an instant. Two of the same words are equal."""

    source: str
    _condition: Condition = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_condition", Condition(self.source))

    def value(self, context: Context) -> Any:
        """What it gives; None: something that it asks about has no value."""
        return self._condition.answer(context)


_Asks = Mapping[str, frozenset[str] | None]  # members of a group; None: the name itself, or all of the group


def _asks(source: str) -> _Asks | None:
    """None: it is of a part of the language that is not read here."""
    try:
        named = list(_named(parse(source)))
    except Unreadable:
        return None
    whole = {group for group, member in named if member is None}
    return {
        group: None if group in whole else frozenset(member for of, member in named if of == group and member)
        for group, _ in named
    }


def _named(tree: Tree) -> Iterator[tuple[str, str | None]]:
    match tree:
        case Member(of=Name(name=group), name=member):
            yield group, member
        case Name(name=name):
            yield name, None
        case _:
            for part in parts(tree):
                yield from _named(part)
