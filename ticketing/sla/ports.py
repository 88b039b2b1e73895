"""What the clocks need of the outside world."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sla.calendar import Calendar
from ticketing.sla.history import ClockHistory
from ticketing.sla.service_level import ServiceLevel


class ClockHistories(Protocol):
    async def of(self, ticket_id: UUID) -> ClockHistory:
        """What the clocks of a ticket are reckoned anew from, as of now."""
        ...


class ServiceLevels(Protocol):
    async def get(self, ticket_id: UUID) -> ServiceLevel | None:
        """Of a ticket that is locked; None: it never had any clocks."""
        ...

    async def of(self, ticket_ids: Collection[UUID]) -> Mapping[UUID, ServiceLevel]:
        """Of tickets that are locked, as far as they have clocks."""
        ...

    async def save(self, ticket_id: UUID, level: ServiceLevel) -> None: ...

    async def stores(self, ticket_id: UUID, level: ServiceLevel | None) -> bool:
        """Whether just this is stored, and in all that is stored beside it to be asked about; None: nothing is."""
        ...

    async def forget(self, ticket_id: UUID) -> None:
        """It never had any clocks."""
        ...

    async def save_all(self, levels: Mapping[UUID, ServiceLevel]) -> None: ...

    async def due(self, now: datetime, *, skip: int = 0, most: int) -> Sequence[UUID]:
        """The tickets with a clock that has something to tell by now, the longest due first. Not locked.

        `skip`: without the first so many of them.
        """
        ...

    async def next_event(self) -> datetime | None:
        """When the next clock of any ticket has something to tell; it may have passed."""
        ...

    async def calendars(self, keys: Collection[str]) -> Mapping[str, Calendar]:
        """Of earlier versions of the playbook, by `Playbook.calendar_key`."""
        ...

    async def keep_calendars(self, calendars: Mapping[str, Calendar]) -> None:
        """For good: a clock may be reckoned by them long after the playbook has others."""
        ...
