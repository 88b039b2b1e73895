"""Statements of SQLAlchemy Core as asyncpg takes them, each compiled once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]


class Compiled:
    """A statement as asyncpg takes it: SQL with $1, $2, … and the names whose values go there."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT)
        self.statement = statement  # kept, so that no other statement gets its id
        self.sql: str = compiled.string
        names: Sequence[str] = compiled.positiontup or ()
        fixed = compiled.params
        self.parameters = [(name, fixed.get(name)) for name in names]
        self.names = set(names)
        # Only INSERT, UPDATE and DELETE of Core that return nothing are asked how many rows they touched.
        self.counts = bool(getattr(compiled, "isinsert", False) or compiled.isupdate or compiled.isdelete) and not (
            compiled.effective_returning
        )

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        if not values.keys() <= self.names:
            raise KeyError(f"no such parameters: {sorted(values.keys() - self.names)}")
        return [values.get(name, default) for name, default in self.parameters]


_COMPILED: dict[int, Compiled] = {}


def compiled(statement: ClauseElement) -> Compiled:
    known = _COMPILED.get(id(statement))
    if known is None:
        known = _COMPILED[id(statement)] = Compiled(statement)
    return known
