"""Customers, their identities and merges. The order of locks stands in `ticketing/customers/ports.py`."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from core.messages import Inbound
from storage.database import Row, Session
from storage.tables import customer, customer_merge, identity
from ticketing.customers.customer import Customer, Identity, Merge, Reason
from ticketing.customers.ports import Address, Belongings, Counted, KnownSender, Shown

# Two keys of advisory locks. Contacts: the first is this, the second a hash of the number or address.
_CONTACTS, _MERGES = 7_301, 7_302

_SENDER = (
    select(
        identity.c.id,
        identity.c.customer_id,
        customer.c.name,
        customer.c.language,
        identity.c.phone,
        identity.c.blocked_at.is_not(None),
    )
    .join(customer, customer.c.id == identity.c.customer_id)
    .where(identity.c.channel == bindparam("from_channel"), identity.c.address == bindparam("from_address"))
)
_TRY_CONTACT = text(f"SELECT pg_try_advisory_xact_lock({_CONTACTS}, hashtext(:contact))").bindparams(
    bindparam("contact", type_=Text)
)
# Shared, so that all who waited go on together: a burst of first messages comes from one sender.
_AWAIT_CONTACT = text(f"SELECT pg_advisory_xact_lock_shared({_CONTACTS}, hashtext(:contact))").bindparams(
    bindparam("contact", type_=Text)
)
_HOLD_MERGES = text(f"SELECT pg_advisory_xact_lock({_MERGES}, 0)")
SHARE_MERGES = text(f"SELECT pg_advisory_xact_lock_shared({_MERGES}, 0)")
_HOLDERS = (
    select(identity.c.customer_id)
    .distinct()
    .where(identity.c.phone == bindparam("wanted"), identity.c.blocked_at.is_(None))
)
_START = text("""
    WITH made AS (
        INSERT INTO customer (id, name, created_at)
        SELECT :customer, :name, :at
        WHERE NOT EXISTS (SELECT FROM identity WHERE channel = :channel AND address = :address)
        RETURNING id
    )
    INSERT INTO identity (id, customer_id, channel, address) SELECT :identity, id, :channel, :address FROM made
""").bindparams(
    bindparam("customer", type_=Uuid),
    bindparam("identity", type_=Uuid),
    bindparam("channel", type_=Text),
    bindparam("address", type_=Text),
    bindparam("name", type_=Text),
    bindparam("at", type_=DateTime(timezone=True)),
)
_VERIFY = (
    update(identity)
    .where(identity.c.id == bindparam("sender"))
    .values(phone=bindparam("new_phone"), verified_at=bindparam("new_at"))
)

# A number that a file has for WhatsApp may be known from another channel that vouches for it.
_OWNERS = text("""
    SELECT asked.channel, asked.address, coalesce(own.customer_id, (
        SELECT other.customer_id FROM identity AS other
        WHERE other.phone = asked.address AND asked.channel = 'whatsapp' ORDER BY other.id LIMIT 1
    )) AS customer_id
    FROM unnest(:channels, :addresses) AS asked (channel, address)
    LEFT JOIN identity AS own ON own.channel = asked.channel AND own.address = asked.address
""").bindparams(bindparam("channels", type_=ARRAY(Text)), bindparam("addresses", type_=ARRAY(Text)))
_ADD_CUSTOMERS = text("""
    INSERT INTO customer (id, name, created_at, tier, language, time_zone, custom, version)
    SELECT id, name, created_at, tier, language, time_zone, custom, version
    FROM jsonb_to_recordset(:made) AS made (
        id uuid, name text, created_at timestamptz, tier text, language text, time_zone text, custom jsonb, version int
    )
""").bindparams(bindparam("made", type_=JSONB))
_ADD_IDENTITIES = text("""
    INSERT INTO identity (id, customer_id, channel, address)
    SELECT * FROM unnest(:ids, :customers, :channels, :addresses)
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("customers", type_=ARRAY(Uuid)),
    bindparam("channels", type_=ARRAY(Text)),
    bindparam("addresses", type_=ARRAY(Text)),
)

_CUSTOMER = select(*(customer.c[field.name] for field in fields(Customer)))
_GET = _CUSTOMER.where(customer.c.id == bindparam("wanted"))
_LOCK = (
    _CUSTOMER.where(customer.c.id == any_(bindparam("wanted", type_=ARRAY(Uuid))))
    .order_by(customer.c.id)
    .with_for_update(key_share=True)
)
_CHANGING = ("name", "tier", "language", "time_zone", "custom", "merged_into", "version")
_SAVE = (
    update(customer)
    .where(customer.c.id == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}", type_=customer.c[name].type) for name in _CHANGING})
)
_IDENTITY = {
    field.name: identity.c.blocked_at.is_not(None) if field.name == "blocked" else identity.c[field.name]
    for field in fields(Identity)
}
_IDENTITIES = (
    select(*(column.label(name) for name, column in _IDENTITY.items()))
    .where(identity.c.customer_id == bindparam("wanted"))
    .order_by(identity.c.channel, identity.c.address)
)
_WITH_IDENTITIES = (
    select(
        *(customer.c[field.name] for field in fields(Customer)),
        *(column.label(f"identity_{name}") for name, column in _IDENTITY.items()),
    )
    .select_from(customer.outerjoin(identity, identity.c.customer_id == customer.c.id))
    .where(customer.c.id == bindparam("wanted"))
    .order_by(identity.c.channel, identity.c.address)
)

# A conversation goes with the address that it is held with.
_BELONGING_CONVERSATIONS = text("""
    SELECT conversation.id FROM conversation
    WHERE conversation.customer_id = :customer AND (CAST(:all AS boolean) OR EXISTS (
        SELECT FROM identity WHERE identity.id = ANY(:identities)
            AND identity.channel = conversation.channel
            AND identity.address IN (conversation.address, conversation.moved_to)
    ))
    ORDER BY conversation.id
    FOR NO KEY UPDATE OF conversation
""").bindparams(bindparam("customer", type_=Uuid), bindparam("identities", type_=ARRAY(Uuid)))
_BELONGING_IDENTITIES = text("""
    SELECT id FROM identity
    WHERE customer_id = :customer AND (CAST(:all AS boolean) OR id = ANY(:identities)) ORDER BY id
""").bindparams(bindparam("customer", type_=Uuid), bindparam("identities", type_=ARRAY(Uuid)))
_COUNT = text("""
    SELECT (SELECT count(*) FROM conversation WHERE customer_id = :customer) AS conversations,
        (SELECT count(*) FROM ticket WHERE customer_id = :customer) AS tickets
""").bindparams(bindparam("customer", type_=Uuid))

_TO, _THESE = bindparam("to", type_=Uuid), bindparam("these", type_=ARRAY(Uuid))
_MOVE_IDENTITIES = text("UPDATE identity SET customer_id = :to WHERE id = ANY(:these)").bindparams(_TO, _THESE)
_MOVE_CONVERSATIONS = text("UPDATE conversation SET customer_id = :to WHERE id = ANY(:these)").bindparams(_TO, _THESE)
_LOCK_TICKETS = text("""
    SELECT id FROM ticket WHERE conversation_id = ANY(:these) ORDER BY number FOR NO KEY UPDATE
""").bindparams(_THESE)
_MOVE_TICKETS = text("UPDATE ticket SET customer_id = :to WHERE id = ANY(:these)").bindparams(_TO, _THESE)
# By their tickets, which are locked: whoever plans, asks or counts a survey holds its ticket or conversation.
_MOVE_SURVEYS = text("UPDATE survey SET customer_id = :to WHERE ticket_id = ANY(:these)").bindparams(_TO, _THESE)

# What was done for a customer counts for whoever the ticket is of: caps go with it.
_MOVE_RUNS = text("""
    WITH moved AS (UPDATE run SET customer_id = :to WHERE ticket_id = ANY(:these) RETURNING id),
        by_hand AS (UPDATE hand_act SET customer_id = :to WHERE ticket_id = ANY(:these))
    UPDATE run_step SET customer_id = :to FROM moved WHERE run_step.run_id = moved.id AND run_step.kind = 'act'
""").bindparams(_TO, _THESE)

_MERGE = select(*(customer_merge.c[field.name] for field in fields(Merge)))
_ADD_MERGE = insert(customer_merge)
_GET_MERGE = _MERGE.where(customer_merge.c.id == bindparam("merge"))
_MERGE_UNDER = _MERGE.where(customer_merge.c.absorbed_id == bindparam("customer"), customer_merge.c.undone_at.is_(None))
_UNDONE = (
    update(customer_merge)
    .where(customer_merge.c.id == bindparam("merge"))
    .values(undone_at=bindparam("new_at"), undone_by=bindparam("new_by"))
)

_SHOWN_TICKETS = text("""
    SELECT ticket.id FROM ticket JOIN ticket_card ON ticket_card.ticket_id = ticket.id
    WHERE ticket.customer_id = :customer ORDER BY ticket.number DESC LIMIT :most
""").bindparams(bindparam("customer", type_=Uuid), bindparam("most", type_=Integer))
_SHOWN_CONVERSATIONS = text("""
    SELECT conversation.id FROM conversation
    JOIN conversation_card ON conversation_card.conversation_id = conversation.id
    WHERE conversation.customer_id = :customer ORDER BY conversation.created_at DESC LIMIT :most
""").bindparams(bindparam("customer", type_=Uuid), bindparam("most", type_=Integer))


def merge_of(row: Row) -> Merge:
    values = row.as_dict()
    lists = {name: tuple(values[name]) for name in ("identities", "conversations", "tickets")}
    return Merge(**values | lists | {"reason": Reason(values["reason"])})


class Customers:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def sender(self, channel: str, address: str) -> KnownSender | None:
        asked = {"from_channel": channel, "from_address": address}
        row = (await self._session.execute(_SENDER, asked)).one_or_none()
        return KnownSender(*row) if row else None

    async def hold_contact(self, contact: str) -> bool:
        if (await self._session.execute(_TRY_CONTACT, {"contact": contact})).scalar():
            return True
        await self._session.execute(_AWAIT_CONTACT, {"contact": contact})
        return False

    async def hold_merges(self) -> None:
        await self._session.execute(_HOLD_MERGES)

    async def holders(self, phone: str) -> Sequence[UUID]:
        return [row.customer_id for row in await self._session.execute(_HOLDERS, {"wanted": phone})]

    async def start(self, message: Inbound, *, at: datetime) -> KnownSender:
        address = {"channel": message.channel, "address": message.sender}
        made = {"customer": new_id(), "identity": new_id(), "name": message.sender_name or message.sender, "at": at}
        await self._session.execute(_START, address | made)
        sender = await self.sender(message.channel, message.sender)
        assert sender is not None, "it has just been made"
        return sender

    async def verify(self, identity_id: UUID, phone: str, *, at: datetime) -> None:
        await self._session.execute(_VERIFY, {"sender": identity_id, "new_phone": phone, "new_at": at})

    async def owners(self, addresses: Collection[Address]) -> dict[Address, UUID]:
        asked = {"channels": [each[0] for each in addresses], "addresses": [each[1] for each in addresses]}
        rows = (await self._session.execute(_OWNERS, asked)).all()
        return {(row.channel, row.address): row.customer_id for row in rows if row.customer_id is not None}

    async def add_all(self, new: Sequence[tuple[Customer, Sequence[Address]]]) -> None:
        made = [{**asdict(each), "id": str(each.id), "created_at": each.created_at.isoformat()} for each, _ in new]
        await self._session.execute(_ADD_CUSTOMERS, {"made": made})
        await self._add([(customer.id, address) for customer, addresses in new for address in addresses])

    async def add_addresses(self, customer_id: UUID, addresses: Sequence[Address]) -> None:
        await self._add([(customer_id, address) for address in addresses])

    async def _add(self, new: Sequence[tuple[UUID, Address]]) -> None:
        asked = {
            "ids": [new_id() for _ in new],
            "customers": [customer_id for customer_id, _ in new],
            "channels": [address[0] for _, address in new],
            "addresses": [address[1] for _, address in new],
        }
        await self._session.execute(_ADD_IDENTITIES, asked)

    async def get(self, customer_id: UUID) -> Customer:
        row = (await self._session.execute(_GET, {"wanted": customer_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such customer.")
        return Customer(**row.as_dict())

    async def lock(self, customer_ids: Collection[UUID]) -> Sequence[Customer]:
        rows = (await self._session.execute(_LOCK, {"wanted": list(customer_ids)})).all()
        if len(rows) != len(customer_ids):
            raise NotFound("There is no such customer.")
        return [Customer(**row.as_dict()) for row in rows]

    async def save(self, changed: Customer) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _CHANGING} | {"new_custom": dict(changed.custom)}
        await self._session.execute(_SAVE, {"wanted": changed.id} | new)

    async def identities(self, customer_id: UUID) -> Sequence[Identity]:
        rows = await self._session.execute(_IDENTITIES, {"wanted": customer_id})
        return [Identity(**row.as_dict()) for row in rows]

    async def with_identities(self, customer_id: UUID) -> tuple[Customer, Sequence[Identity]]:
        rows = (await self._session.execute(_WITH_IDENTITIES, {"wanted": customer_id})).all()
        if not rows:
            raise NotFound("There is no such customer.")
        known = Customer(**{field.name: rows[0][field.name] for field in fields(Customer)})
        found = [{name: row[f"identity_{name}"] for name in _IDENTITY} for row in rows]
        return known, [Identity(**each) for each in found if each["id"] is not None]

    async def belongings(self, customer_id: UUID, identity_ids: Collection[UUID] | None = None) -> Belongings:
        asked = {"customer": customer_id, "all": identity_ids is None, "identities": list(identity_ids or ())}
        conversations = [row.id for row in await self._session.execute(_BELONGING_CONVERSATIONS, asked)]
        identities = [row.id for row in await self._session.execute(_BELONGING_IDENTITIES, asked)]
        return Belongings(tuple(identities), tuple(conversations))

    async def count_belongings(self, customer_id: UUID) -> Counted:
        return Counted(*(await self._session.execute(_COUNT, {"customer": customer_id})).one())

    async def move(self, belongings: Belongings, to: UUID) -> Sequence[UUID]:
        conversations = list(belongings.conversations)
        tickets = [row.id for row in await self._session.execute(_LOCK_TICKETS, {"these": conversations})]
        await self._session.execute(_MOVE_IDENTITIES, {"to": to, "these": list(belongings.identities)})
        await self._session.execute(_MOVE_CONVERSATIONS, {"to": to, "these": conversations})
        await self._session.execute(_MOVE_TICKETS, {"to": to, "these": tickets})
        await self._session.execute(_MOVE_SURVEYS, {"to": to, "these": tickets})
        await self._session.execute(_MOVE_RUNS, {"to": to, "these": tickets})
        return tickets

    async def add_merge(self, merge: Merge) -> None:
        values = {field.name: getattr(merge, field.name) for field in fields(Merge)}
        lists = {name: list(values[name]) for name in ("identities", "conversations", "tickets")}
        kept = {"reason": merge.reason.value, "before": dict(merge.before), "filled": dict(merge.filled)}
        await self._session.execute(_ADD_MERGE, values | lists | kept)

    async def get_merge(self, merge_id: UUID) -> Merge:
        row = (await self._session.execute(_GET_MERGE, {"merge": merge_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such merge.")
        return merge_of(row)

    async def merge_under(self, customer_id: UUID) -> Merge | None:
        row = (await self._session.execute(_MERGE_UNDER, {"customer": customer_id})).one_or_none()
        return merge_of(row) if row else None

    async def undo_merge(self, merge_id: UUID, *, by: str, at: datetime) -> None:
        await self._session.execute(_UNDONE, {"merge": merge_id, "new_at": at, "new_by": by})

    async def shown(self, customer_id: UUID, *, most: int) -> Shown:
        asked = {"customer": customer_id, "most": most}
        tickets = [row.id for row in await self._session.execute(_SHOWN_TICKETS, asked)]
        conversations = [row.id for row in await self._session.execute(_SHOWN_CONVERSATIONS, asked)]
        return Shown(tuple(tickets), tuple(conversations))
