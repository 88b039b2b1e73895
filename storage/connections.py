"""A connection that does not ask PostgreSQL again what its own types are.

asyncpg knows most types, but of arrays it asks, with each new connection, in a statement that takes PostgreSQL longer
than opening the connection and all that a request then runs. The types that PostgreSQL brings have the same ids in
every database, so a process asks once.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import asyncpg

_FIRST_OF_A_DATABASE = 16384  # ids below are given by PostgreSQL's own source (FirstNormalObjectId)
_NO_STATEMENT_RAN = SimpleNamespace(name="known")  # so that none that was prepared has to be prepared again

_KNOWN: dict[frozenset[int], Sequence[Any]] = {}


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg is not typed
    """To be given as `connection_class`."""

    async def _introspect_types(
        self,
        typeoids: Sequence[int],
        timeout: float | None,  # noqa: ASYNC109  # asyncpg calls it so
    ) -> tuple[Sequence[Any], Any]:
        asked = frozenset(typeoids)
        if (known := _KNOWN.get(asked)) is not None:
            return known, _NO_STATEMENT_RAN
        types, statement = await super()._introspect_types(typeoids, timeout)
        if max(asked) < _FIRST_OF_A_DATABASE:
            _KNOWN[asked] = types
        return types, statement
