"""Addresses that take no mail any more."""

from collections.abc import Collection, Mapping

from sqlalchemy import any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text

from storage.database import Session
from storage.tables import suppression
from ticketing.mails.suppressed import Suppressed

_COLUMNS = (suppression.c.address, suppression.c.why, suppression.c.since, suppression.c.message_id)
_OF = select(*_COLUMNS).where(
    suppression.c.channel == bindparam("channel"),
    suppression.c.address == any_(bindparam("addresses", type_=ARRAY(Text))),
)
_ADD = insert(suppression).on_conflict_do_nothing().returning(suppression.c.address)
_LIFT = (
    delete(suppression)
    .where(suppression.c.channel == bindparam("of_channel"), suppression.c.address == bindparam("of_address"))
    .returning(*_COLUMNS)
)


class Suppressions:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, channel: str, addresses: Collection[str]) -> Mapping[str, Suppressed]:
        wanted = {"channel": channel, "addresses": sorted({each.lower() for each in addresses})}
        return {row.address: Suppressed(*row) for row in await self._session.execute(_OF, wanted)}

    async def add(self, channel: str, suppressed: Suppressed) -> bool:
        row = {
            "channel": channel,
            "address": suppressed.address,
            "why": suppressed.why,
            "since": suppressed.since,
            "message_id": suppressed.message_id,
        }
        return (await self._session.execute(_ADD, row)).one_or_none() is not None

    async def lift(self, channel: str, address: str) -> Suppressed | None:
        this = {"of_channel": channel, "of_address": address.lower()}
        row = (await self._session.execute(_LIFT, this)).one_or_none()
        return Suppressed(*row) if row is not None else None
