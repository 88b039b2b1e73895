"""Hints for names that are not there: the one that was meant, or what there is."""

from collections.abc import Mapping
from difflib import get_close_matches


def closest(name: str, known: Mapping[str, object] | tuple[str, ...] | list[str], *, several: int = 12) -> str:
    """A hint: "Did you mean x?", or what there is."""
    choices = sorted(known) if isinstance(known, Mapping) else list(known)
    if near := get_close_matches(name, choices, n=1, cutoff=0.6):
        return f'Did you mean "{near[0]}"?'
    if not choices:
        return "There are none."
    more = ", …" if len(choices) > several else ""
    return f"There are: {', '.join(choices[:several])}{more}."
