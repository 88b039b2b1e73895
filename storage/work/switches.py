"""Switches for the whole desk; the migration that made the table put the rows in."""

from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, update

from storage.database import Session
from storage.tables import switch
from ticketing.triage.ports import Switch

_AI = switch.c.name == literal_column("'ai'")
_GET = select(switch.c.is_on, switch.c.since).where(_AI)
_TURN = (
    update(switch).where(_AI, switch.c.is_on != bindparam("on")).values(is_on=bindparam("on"), since=bindparam("at"))
)


class Switches:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def ai(self) -> Switch:
        return Switch(*(await self._session.execute(_GET)).one())

    async def turn_ai(self, *, on: bool, at: datetime) -> bool:
        return (await self._session.execute(_TURN, {"on": on, "at": at})).rowcount == 1
