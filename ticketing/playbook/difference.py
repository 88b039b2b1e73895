"""One thing that is different in another playbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NEW, GONE, OTHER = "+", "-", "~"


@dataclass(frozen=True, slots=True)
class Difference:
    sign: str  # NEW, GONE or OTHER
    where: str  # "Lifecycle Return"
    words: str  # "status Investigating now needs Category, Priority"


def changes(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """What is new or other, in the new order; then what is gone."""
    for key, value in after.items():
        if key not in before:
            yield NEW, key
        elif before[key] != value:
            yield OTHER, key
    yield from ((GONE, key) for key in before if key not in after)
