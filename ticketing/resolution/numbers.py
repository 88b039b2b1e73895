"""How runs are going, in numbers: what Prometheus is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """`open` and `ended`: by state and autonomy; ended ones are the newest thousand of the last hour. `begun` and
    `given`: of this month (UTC), by type of ticket. `seconds`: of those that were done, the middle one and the 95th
    of a hundred; None: none was.
    """

    open: Mapping[tuple[str, str], int]
    ended: Mapping[tuple[str, str], int]
    begun: Mapping[str, int]
    given: Mapping[str, Decimal]
    seconds: tuple[float, float] | None
