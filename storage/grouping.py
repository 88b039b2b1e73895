"""How the same statement is run once for several who ask, in one round trip, and each gets the rows that are theirs.

asyncpg runs a statement for many arguments at once, and gives back one list of rows. So each row says whose it is, in a
column that stands last and that nobody sees who reads the row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import islice
from typing import Any

from storage.database import Row

_PLACE = "whose_place"
_INNERMOST = re.compile(r"\([^()]*\)")
_LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b")
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b")
_EXCLUDES = re.compile(r"\bpg_(?:try_)?advisory_xact_lock\(")


class Told(Row):
    """A row with whose it is."""

    @property
    def place(self) -> int:
        return int(self[_PLACE])

    def __len__(self) -> int:
        return int(super().__len__()) - 1

    def __iter__(self) -> Iterator[Any]:
        return islice(super().__iter__(), len(self))

    def keys(self) -> Iterator[str]:
        return islice(super().keys(), len(self))

    def values(self) -> Iterator[Any]:
        return islice(super().values(), len(self))

    def items(self) -> Iterator[tuple[str, Any]]:
        return islice(super().items(), len(self))


class Way(Enum):
    """How a statement is run for several."""

    TOLD = auto()  # its rows say whose they are
    SILENT = auto()  # nothing comes back
    EACH = auto()  # one after the other


@dataclass(frozen=True, slots=True)
class Grouping:
    """`told`: the statement whose rows say whose they are. `counts`: only how many rows there are is asked.

    `locks`: it locks rows. `excludes`: it takes a lock that keeps others out, which those in one transaction share.
    """

    sql: str
    way: Way
    told: str
    counts: bool
    writes: bool
    locks: bool
    excludes: bool


@lru_cache(maxsize=1000)
def grouping(sql: str, parameters: int, *, counts: bool) -> Grouping:
    """Of a statement with so many parameters. `counts`: it is asked how many rows it touched."""
    unlocked = _LOCKS.sub("", sql)
    writes = _WRITES.search(unlocked) is not None
    outer = _outermost(unlocked)
    whose = f"CAST(${parameters + 1} AS integer) AS {_PLACE}"
    way, told, alone = Way.TOLD, sql, sql
    if "RETURNING" in outer:
        told = f"{sql.rstrip()}, {whose}"
    elif _WRITES.search(outer):
        if counts:
            alone, told = f"{sql.rstrip()} RETURNING 1 AS one", f"{sql.rstrip()} RETURNING {whose}"
        else:
            way = Way.SILENT
    elif writes:  # beside a SELECT, which stands at the top: nothing can be put around it
        way = Way.EACH
    else:
        told = f"SELECT asked.*, {whose} FROM ({sql}) AS asked"  # noqa: S608 - both are ours
    return Grouping(alone, way, told, counts, writes, _LOCKS.search(sql) is not None, _EXCLUDES.search(sql) is not None)


def _outermost(sql: str) -> str:
    """The statement without anything in parentheses."""
    while (without := _INNERMOST.sub("", sql)) != sql:
        sql = without
    return sql
