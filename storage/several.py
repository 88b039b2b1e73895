"""Several rows in one statement, of one text however many they are: as arrays, a column each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY


def several(columns: Iterable[Column[Any]], prefix: str) -> TableValuedAlias:
    """The rows to select from, whose values `by_column` gives."""
    of = list(columns)
    arrays = [bindparam(f"{prefix}_{each.name}", type_=ARRAY(each.type)) for each in of]
    return (
        func.unnest(*arrays).table_valued(*(column(each.name, each.type) for each in of), name=prefix).render_derived()
    )


def by_column(columns: Iterable[Column[Any]], prefix: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The parameters of `several`. A row without a column has NULL there."""
    return {f"{prefix}_{each.name}": [row.get(each.name) for row in rows] for each in columns}
