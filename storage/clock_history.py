"""The clocks of tickets reckoned anew from the records of what happened to them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from sla.calendar import Calendar
from storage.database import Session
from storage.playbooks import Playbooks
from storage.tables import ticket
from storage.work.activity import Activity
from storage.work.service_levels import ServiceLevels
from ticketing.activity.record import Entry, Stream
from ticketing.playbook.playbook import Playbook
from ticketing.sla.history import SET, ClockHistory

_NUMBERED = select(ticket.c.id).where(ticket.c.number == bindparam("number"))


class ClockHistories:
    """Reads them in one transaction; each version of the playbook is asked for once."""

    def __init__(self, session: Session, playbooks: Playbooks) -> None:
        self._session = session
        self._playbooks = playbooks
        self._versions: dict[int, Playbook] = {}
        self._calendars: dict[str, Calendar] = {}

    async def numbered(self, number: int) -> ClockHistory | None:
        """Of the ticket with this number; None: there is none."""
        row = (await self._session.execute(_NUMBERED, {"number": number})).one_or_none()
        return None if row is None else await self.of(row.id)

    async def of(self, ticket_id: UUID) -> ClockHistory:
        return await self.made_of(await Activity(self._session).entries(Stream("ticket", ticket_id)))

    async def made_of(self, entries: Sequence[Entry]) -> ClockHistory:
        """Of a record that was read already."""
        told = [each.after for each in entries if each.kind == SET and each.after.get("policy")]
        for number in sorted({int(str(after["playbook"])) for after in told} - self._versions.keys()):
            try:
                self._versions[number] = await self._playbooks.numbered(self._session, number)
            except LookupError:
                continue  # whoever reckons with it is told that it is not there
            self._calendars |= self._versions[number].calendars_by_key
        if missing := {str(after["calendar"]) for after in told} - self._calendars.keys():
            self._calendars |= await ServiceLevels(self._session).calendars(missing)
        return ClockHistory(entries, self._versions, self._calendars)
