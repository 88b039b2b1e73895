"""Conditions: CEL expressions over a documented context (SPEC 3.4). Compiled once, asked often.

`checking/` refuses at load what could not be answered here: an unknown name, a comparison of unlike things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ticketing.playbook.expressions import Call, Member, Name, Tree, Unreadable, dotted, parse, parts
from ticketing.playbook.expressions.rounding import ROUNDED, calculates, exactly, rounded

if TYPE_CHECKING:
    import cel

Context = Mapping[str, Any]  # what a condition may ask about: made by `facts.py`


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression that is true or not. Two of the same words are equal."""

    source: str
    _program: "cel.Program" = field(init=False, repr=False, compare=False)
    _asks: "_Asks | None" = field(init=False, repr=False, compare=False)
    _rounds: bool = field(init=False, repr=False, compare=False)  # it calculates: sums of money have to be exact

    def __post_init__(self) -> None:
        import cel  # brings a command line of its own: a tenth of a start, for who reads no condition

        program = cel.compile(self.source)
        tree = _tree(self.source)
        rounds = tree is not None and calculates(tree)
        object.__setattr__(self, "_program", cel.compile(exactly(tree)) if tree is not None and rounds else program)
        object.__setattr__(self, "_asks", _asks(tree) if tree is not None else None)
        object.__setattr__(self, "_rounds", rounds)

    @property
    def fields(self) -> frozenset[str]:
        """Keys of the custom fields that it asks about."""
        return frozenset((self._asks or {}).get("fields") or ())

    @property
    def groups(self) -> frozenset[str]:
        """What it asks about, without what follows a dot: ticket, fields, now, …."""
        return frozenset(self._asks or ())

    def members(self, *group: str) -> tuple[str, ...]:
        """What it asks about of this group, such as of ("facts", "order"), without what follows a further dot."""
        asks: _Asks | None = self._asks
        for name in group:
            asks = (asks or {}).get(name)
        return tuple(asks or ())

    def holds(self, context: Context, *, otherwise: bool) -> bool:
        """Whether it is so. `otherwise`: the answer where something it asks about has no value yet.

        Whoever asks chooses the safe side: an approval is needed, a field is hidden, the AI may not.
        """
        answer = self.answer(context)
        return answer if isinstance(answer, bool) else otherwise

    def answer(self, context: Context) -> Any:
        """What the expression gives; None: something that it asks about has no value."""
        try:
            return self._program.execute(self._given(context))
        except (ValueError, TypeError, LookupError, RuntimeError, ArithmeticError):
            return None

    def strangers(self, context: Context) -> tuple[str, ...]:
        """Names that it asks about and this context does not know at all: it is of another time, or of another desk."""
        return tuple(sorted(_strangers(context, self._asks or {}, "")))

    def _given(self, context: Context) -> "dict[str, Any] | cel.Context":
        if not self._rounds:
            return self._part(context)
        import cel

        return cel.Context(variables=self._part(context), functions={ROUNDED: rounded})

    def _part(self, context: Context) -> dict[str, Any]:
        """Only what it asks about: the library translates all that it is given, which takes ten times as long."""
        if self._asks is None:
            return dict(context)
        return _narrowed(context, self._asks)


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression that gives a value: a text, a number, an instant. Two of the same words are equal."""

    source: str
    _condition: Condition = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_condition", Condition(self.source))

    def members(self, *group: str) -> tuple[str, ...]:
        """As of a condition."""
        return self._condition.members(*group)

    def strangers(self, context: Context) -> tuple[str, ...]:
        """As of a condition."""
        return self._condition.strangers(context)

    def value(self, context: Context) -> Any:
        """What it gives; None: something that it asks about has no value."""
        return self._condition.answer(context)


_Asks = Mapping[str, "_Asks | None"]  # names of a group and what of each is asked about; None: all of it


def _narrowed(whole: Mapping[str, Any], asks: _Asks) -> dict[str, Any]:
    found = {}
    for name, of in asks.items():
        if name in whole:
            value = whole[name]
            found[name] = _narrowed(value, of) if of is not None and isinstance(value, Mapping) else value
    return found


def _strangers(whole: Mapping[str, Any], asks: _Asks, before: str) -> Iterator[str]:
    for name, of in asks.items():
        if name not in whole:
            yield f"{before}{name}"
        elif of is not None and isinstance(whole[name], Mapping):
            yield from _strangers(whole[name], of, f"{before}{name}.")


def _tree(source: str) -> Tree | None:
    """None: it is of a part of the language that is not read here."""
    try:
        return parse(source)
    except Unreadable:
        return None


def _asks(tree: Tree) -> _Asks:
    asks: dict[str, Any] = {}
    for path in sorted(_paths(tree), key=len):  # short ones first: who asks about all of a group has its parts
        of: dict[str, Any] | None = asks
        for name in path[:-1]:
            of = of.setdefault(name, {}) if of is not None else None
        if of is not None:
            of.setdefault(path[-1], None)
    return asks


def _paths(tree: Tree) -> Iterator[tuple[str, ...]]:
    """`facts.order.paid` as its names, of everything that has a plain name."""
    name = dotted(tree) if isinstance(tree, Name | Member) else None
    if name is not None:
        yield tuple(name.split("."))
        return
    own, of = _own_name(tree)
    for part in parts(tree):
        yield from (path for path in _paths(part) if path[0] != own or part is of)


def _own_name(tree: Tree) -> tuple[str | None, Tree | None]:
    """What `exists(x, …)` and its like call each thing of a list, and that list."""
    match tree:
        case Call(name="exists" | "all" | "exists_one", of=of, given=(Name(name=name), _)):
            return name, of
    return None, None
