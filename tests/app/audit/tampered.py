"""A record of changes under checkpoints, shown as somebody who can write in the database leaves it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.audit import verify_database
from storage.database import Database, Session
from tests.factories import NOW
from ticketing.activity.checkpoint import EVERY, Signer, Witness
from ticketing.activity.findings import Verdict
from ticketing.activity.record import Stream

SECRET = "a key of this test's own"


EVE = Signer(b"somebody else's key")


@dataclass(frozen=True)
class Told:
    """Three tickets; #1 has six records: 4 seen by checkpoint 1, 5 by checkpoint 2, the last by none."""

    streams: Mapping[int, Stream]


class Tampered(Database):
    """Shows what is not committed yet, so that one database serves every kind of tampering."""

    def __init__(self, session: Session) -> None:
        super().__init__("")
        self._session = session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        yield self._session


async def verify(store: Database, **options: Any) -> Verdict:
    return await verify_database(store, secret=SECRET, now=NOW + EVERY, **options)


async def found_after(store: Database, told: Told, sql: str, *, witness: Witness | None = None) -> Verdict:
    """`{1}` is the id of the stream of ticket #1."""
    async with store.single() as session:
        tampering = session._raw.transaction()
        await tampering.start()
        try:
            ids = {f"{{{number}}}": f"'{stream.id}'" for number, stream in told.streams.items()}
            for sign, value in ids.items():
                sql = sql.replace(sign, value)
            await session._raw.execute(sql)
            return await verify(Tampered(session), witness=witness)
        finally:
            await tampering.rollback()
