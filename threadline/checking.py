"""What is refused in a declaration, and in which words."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from threadline.errors import DeclarationError
from threadline.shape import Shape, Sort

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_TIMEOUT = 60.0
_LONGEST_APPROVAL = 1000
_FILLABLE = (Sort.TEXT, Sort.NUMBER, Sort.YES_NO, Sort.INSTANT)


@contextmanager
def telling(name: str, function: object) -> Iterator[None]:
    """Mistakes are told with the function they are in, and its line."""
    try:
        yield
    except DeclarationError as error:
        code = getattr(function, "__code__", None)
        where = f" ({code.co_filename}, line {code.co_firstlineno})" if code else ""
        raise DeclarationError(f"Action {name}{where}: {error.message}", hint=error.hint) from error


def check_name(name: str) -> None:
    if not _KEY.fullmatch(name):
        raise DeclarationError(
            f"{name!r} is no name for an action.",
            hint="Use a-z, 0-9 and _, a letter first, at most 40: name the function so, or say name=….",
        )


def callers(may: Collection[str] | None, *, known: frozenset[str], writes: bool) -> frozenset[str]:
    """Who may call it. Reads are open to all unless said otherwise; a write has to say."""
    if may is None and writes:
        raise DeclarationError("It writes, and does not say who may call it.", hint='Say may=("ai", "agent", …).')
    given = known if may is None else frozenset({may} if isinstance(may, str) else may)
    if unknown := sorted(given - known):
        raise DeclarationError(f"{unknown[0]!r} calls no actions.", hint=f"may is among {', '.join(sorted(known))}.")
    if not given:
        raise DeclarationError("Nobody may call it.", hint=f"may is among {', '.join(sorted(known))}.")
    return given


def idempotent(said: bool | None, *, writes: bool) -> bool:
    if said is None and writes:
        raise DeclarationError(
            "It writes, and does not say whether asking twice does it twice.",
            hint="Say idempotent=True if the other side does it once for a key (pass on context.idempotency_key), "
            "else idempotent=False: then a person decides when an answer got lost.",
        )
    if said is False and not writes:
        raise DeclarationError(
            "It reads, and says that asking twice is not safe.", hint="Say writes=True, if it writes."
        )
    return True if said is None else said


def timeout(seconds: float) -> float:
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise DeclarationError(
            f"A timeout of {seconds} seconds cannot be.", hint=f"Give it more than 0 and at most {_LONGEST_TIMEOUT:g}."
        )
    return float(seconds)


def approval(condition: str | None) -> str | None:
    if condition is not None and not 0 < len(condition.strip()) <= _LONGEST_APPROVAL:
        raise DeclarationError(
            "The condition for an approval is empty, or very long.",
            hint=f'Write one, such as "arguments.amount > 200", with at most {_LONGEST_APPROVAL} characters, or none.',
        )
    return condition.strip() if condition else None


def fills(given: Mapping[str, str], result: Shape) -> Mapping[str, str]:
    """Key of a custom field -> path of what fills it."""
    for key, path in given.items():
        if not _KEY.fullmatch(key):
            raise DeclarationError(f"{key!r} is no key of a custom field.", hint="Use the key that the playbook has.")
        found = result.at(path)
        if found is None:
            raise DeclarationError(f"Its result has no {path}, which should fill {key}.", hint=_members(result))
        if not _fillable(found):
            raise DeclarationError(
                f"{path} is a {found.sort}, and cannot fill {key}.", hint="Name a text, number, date or yes/no in it."
            )
    return MappingProxyType(dict(given))


def _fillable(shape: Shape) -> bool:
    if shape.sort is Sort.LIST:
        return shape.item is not None and shape.item.sort is Sort.TEXT
    return shape.sort in _FILLABLE


def _members(result: Shape) -> str:
    if result.sort is not Sort.GROUP:
        return "Return a dataclass, a pydantic model or a TypedDict: then its members have names."
    return f"It has: {', '.join(result.members)}."
