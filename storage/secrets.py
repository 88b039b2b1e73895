"""Secrets that nobody needs to choose, but that all processes must agree on: made once, kept in the database."""

import secrets

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Database
from storage.tables import secret
from ticketing.activity.checkpoint import Signer
from ticketing.attachments.links import Links

_BYTES = 32
_ADD = insert(secret).on_conflict_do_nothing()
_GET = select(secret.c.value).where(secret.c.name == bindparam("wanted"))


async def shared_secret(database: Database, name: str) -> bytes:
    """The same for everybody who asks, from whoever asked first."""
    async with database.single() as session:
        known = (await session.execute(_GET, {"wanted": name})).scalar()
        if known is None:
            await session.execute(_ADD, {"name": name, "value": secrets.token_hex(_BYTES)})
            known = (await session.execute(_GET, {"wanted": name})).scalar()
        return bytes.fromhex(known)


async def audit_signer(database: Database, key: str | None) -> Signer:
    """Who signs checkpoints. `key`: chosen by whoever set us up; without it the database keeps one of our making."""
    return Signer(key.encode() if key else await shared_secret(database, "audit"))


class SharedLinks:
    """Links whose key is asked of the database with the first one: it may be away when a process begins."""

    def __init__(self, database: Database, base_url: str, key: str | None) -> None:
        """`key`: chosen by whoever set us up, instead of one of our own making."""
        self._database, self._base_url = database, base_url
        self._links = Links(base_url, key.encode()) if key else None

    async def __call__(self) -> Links:
        if self._links is None:
            self._links = Links(self._base_url, await shared_secret(self._database, "links"))
        return self._links
