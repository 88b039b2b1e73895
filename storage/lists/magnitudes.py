"""Orders of magnitude, as facets have them: the first digit of a number and how many digits it has.

What lies between two bounds has one of the magnitudes from the one to the other; at the ends, others have it too.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import inf

_HIGHEST = 6  # powers of ten; what is larger is all in one


def _all() -> Mapping[str, tuple[float, float]]:
    """By name: from which number, to before which one. The function `ticket_facets` of the migrations makes them."""
    digits = {
        f"{digit}e{power}": (digit * 10.0**power, (digit + 1) * 10.0**power)
        for power in range(_HIGHEST)
        for digit in range(1, 10)
    }
    return {"-": (-inf, 0.0), "0": (0.0, 1.0), **digits, f"1e{_HIGHEST}": (10.0**_HIGHEST, inf)}


_MAGNITUDES = _all()


def between(least: Decimal | None, most: Decimal | None) -> Mapping[str, float]:
    """The magnitudes of numbers between these two, both included, and roughly which share of each lies there."""
    found = {}
    for name, (first, end) in _MAGNITUDES.items():
        # A zero may be written with a sign.
        if (least is None or least < end or (name == "-" and least == 0)) and (most is None or most >= first):
            found[name] = _share(
                first, end, -inf if least is None else float(least), inf if most is None else float(most)
            )
    return found


def bounds(name: str) -> tuple[str, str]:
    """From which number on, and before which, as PostgreSQL reads them. A zero with a sign is among those below."""
    first, end = _MAGNITUDES[name]
    return str(first), str(max(end, 1.0))


def _share(first: float, end: float, least: float, most: float) -> float:
    if first >= least and end <= most:
        return 1.0
    width = end - first
    return 0.5 if width == inf else max(min(end, most) - max(first, least), 0.0) / width
