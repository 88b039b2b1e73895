"""How common facets are, as PostgreSQL's own statistics have it: read once a minute, never exact."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.database import Session

_FRESH = 60.0  # seconds
_COMMON = """
    SELECT greatest(reltuples, 0)::bigint AS rows, most_common_elems::text::text[] AS facets,
        most_common_elem_freqs::float8[] AS shares
    FROM pg_class LEFT JOIN pg_stats
        ON pg_stats.schemaname = relnamespace::regnamespace::text AND tablename = relname AND attname = $1
    WHERE pg_class.oid = to_regclass($2)
"""


@dataclass(frozen=True, slots=True)
class Estimates:
    """`rows` of the table; the share of rows that have each common value. Others are in hardly any."""

    rows: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether PostgreSQL has looked at the table yet."""
        return bool(self.rows and self.shares)

    def share(self, value: str) -> float:
        return self.shares.get(value, 0.0)

    def spread(self, parts: Mapping[str, float]) -> "Spread":
        """Of what is spread over several values, in each of which it is so large a part."""
        whole = sum(self.share(value) for value in parts)
        some = sum(self.share(value) * part for value, part in parts.items())
        return Spread(some * self.rows, some / whole if whole else 1.0)


@dataclass(frozen=True, slots=True)
class Spread:
    rows: float
    share: float  # of the rows that have one of the values


class EstimatesOf:
    """Of one column of a table, or of an index's expression."""

    def __init__(self, column: str, relation: str) -> None:
        self._of = column, relation
        self._read_at = -_FRESH
        self._newest = Estimates()

    async def now(self, session: Session) -> Estimates:
        if time.monotonic() - self._read_at >= _FRESH:
            row = (await session.ask(_COMMON, *self._of)).one_or_none()
            # After the shares of the values come those of the rarest, of the most common, and of null.
            shares = dict(zip(row.facets or (), row.shares or (), strict=False)) if row else {}
            self._newest = Estimates(row.rows if row else 0, shares)
            self._read_at = time.monotonic()
        return self._newest
