"""Names for "a row" and "a select" of whatever columns; which columns stands where they are selected."""

from typing import Any

from sqlalchemy import Row, Select

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
