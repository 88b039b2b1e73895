"""Reading JSON that a stranger may have shaped: each value has the type that was asked for, or is not there.

Text that PostgreSQL cannot store (NUL, halves of surrogate pairs) is replaced, as everywhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_NOTHING: Mapping[str, Any] = {}


def mapping(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of this name; an empty one where there is none."""
    value = said.get(name)
    return value if isinstance(value, dict) else _NOTHING


def mappings(said: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """The objects of the list of this name."""
    value = said.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else ()


def integer(said: Mapping[str, Any], name: str) -> int | None:
    """The whole number of this name, where it is one that 64 bits hold."""
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def number(said: Mapping[str, Any], name: str) -> float | None:
    """The number of this name."""
    value = said.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63 else None


def text(said: Mapping[str, Any], name: str) -> str:
    """The text of this name; empty where there is none."""
    value = said.get(name)
    return readable(value) if isinstance(value, str) else ""


def readable(value: str) -> str:
    """Any string as one that can be stored."""
    if value.isascii():
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
