"""What versions of the playbook need from storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ticketing.playbook.succession import Standing
from ticketing.playbook.version import Migration, Version


class Versions(Protocol):
    """The playbook's versions, and what tickets make of them."""

    async def newest(self) -> int:
        """The number of the version in force. 0: none was ever applied."""
        ...

    async def get(self, number: int) -> Version:
        """Raises NotFound."""
        ...

    async def add(self, version: Version) -> bool:
        """False if there is one of this number. Waits for whoever adds it at the same time."""
        ...

    async def standing(self) -> Sequence[Standing]:
        """How many tickets stand in which status, by type. Reads every ticket."""
        ...

    async def add_migration(self, migration: Migration) -> None: ...

    async def migration(self, number: int) -> Migration | None:
        """None: nobody kept how far it is."""
        ...

    async def count_moved(self, number: int, tickets: int) -> None:
        """So many more followed this version. Ask last: others who move tickets wait here."""
        ...

    async def end_migration(self, number: int, *, at: datetime) -> None:
        """Everything follows it. The first end counts."""
        ...

    async def writers(self) -> frozenset[str]:
        """Other transactions in this database that hold a row or have written one, each by a name of its own."""
        ...
