"""Senders: the addresses customers write from, and whether they are blocked."""

from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Session
from storage.tables import identity
from storage.work.customers import SHARE_MERGES
from ticketing.conversations.ports import Sender

_THIS = (identity.c.channel == bindparam("from_channel"), identity.c.address == bindparam("from_address"))
_IS_BLOCKED = select(identity.c.blocked_at.is_not(None)).where(*_THIS)
_LOCK = (
    select(identity.c.id, identity.c.channel, identity.c.address, identity.c.blocked_at, identity.c.blocked_by)
    .where(*_THIS)
    .with_for_update(key_share=True)
)
_SAVE = (
    update(identity)
    .where(identity.c.id == bindparam("sender"))
    .values(blocked_at=bindparam("new_at"), blocked_by=bindparam("new_by"))
)
_MOVE = text("""
    UPDATE identity SET address = :to
    WHERE channel = :channel AND address = :address AND NOT EXISTS (
        SELECT FROM identity AS other WHERE other.channel = :channel AND other.address = :to
    )
""").bindparams(*(bindparam(name, type_=Text) for name in ("channel", "address", "to")))
# Nothing is made for whoever is known, or has written nothing, or is just being made.
_MEET = text("""
    WITH written AS (
        SELECT coalesce(mail.sender_name, mail.sender) AS name
        FROM mail
        JOIN message ON message.id = mail.message_id
        JOIN conversation ON conversation.id = message.conversation_id
        WHERE lower(mail.sender) = :address AND conversation.channel = :channel AND NOT EXISTS (
            SELECT FROM identity WHERE identity.channel = :channel AND identity.address = :address
        )
        LIMIT 1
    ), made AS (
        INSERT INTO customer (id, name, created_at) SELECT :customer, name, :at FROM written RETURNING id
    )
    INSERT INTO identity (id, customer_id, channel, address)
    SELECT :identity, id, :channel, :address FROM made
    ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("customer", type_=Uuid),
    bindparam("identity", type_=Uuid),
    bindparam("channel", type_=Text),
    bindparam("address", type_=Text),
    bindparam("at", type_=DateTime(timezone=True)),
)
_FORGET = text("""
    DELETE FROM customer WHERE id = :customer AND NOT EXISTS (SELECT FROM identity WHERE customer_id = :customer)
""").bindparams(bindparam("customer", type_=Uuid))


class Senders:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def is_blocked(self, channel: str, address: str) -> bool:
        this = {"from_channel": channel, "from_address": address}
        return bool((await self._session.execute(_IS_BLOCKED, this)).scalar())

    async def lock(self, channel: str, address: str) -> Sender:
        row = (await self._session.execute(_LOCK, {"from_channel": channel, "from_address": address})).one_or_none()
        if row is None:
            raise NotFound(f"Nobody has written from {address} on {channel} yet.")
        return Sender(*row)

    async def meet(self, channel: str, address: str, *, at: datetime) -> None:
        made = {"customer": new_id(), "identity": new_id(), "channel": channel, "address": address, "at": at}
        await self._session.execute(SHARE_MERGES)
        if not (await self._session.execute(_MEET, made)).rowcount:
            await self._session.execute(_FORGET, {"customer": made["customer"]})

    async def save(self, changed: Sender) -> None:
        new = {"new_at": changed.blocked_at, "new_by": changed.blocked_by}
        await self._session.execute(_SAVE, {"sender": changed.id} | new)

    async def move(self, channel: str, address: str, to: str) -> None:
        await self._session.execute(_MOVE, {"channel": channel, "address": address, "to": to})
