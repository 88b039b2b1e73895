"""Conversations, with the customers and addresses they belong to. Statements are made once: making them costs more
than running them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ClauseElement, bindparam, func, literal_column, select, text, update
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from core.messages import Inbound
from storage.database import Row, Session
from storage.queries.light_cards import CONVERSATIONS
from storage.tables import conversation, conversation_card, customer, identity, message, ticket
from storage.work.customers import SHARE_MERGES
from ticketing.conversations.conversation import Conversation, State
from ticketing.customers.attributes import language_or_none
from ticketing.customers.customer import phone_number
from ticketing.mails.belong import thread_of

_SELECT = select(
    conversation.c.id,
    conversation.c.customer_id,
    # Not by a join: who waits for a merge would find the conversation joined to its customer of before, which is none.
    select(customer.c.name).where(customer.c.id == conversation.c.customer_id).scalar_subquery().label("name"),
    conversation.c.channel,
    conversation.c.account,
    conversation.c.address,
    conversation.c.assignee_id,
    conversation.c.version,
    conversation.c.state,
    conversation.c.snoozed_until,
    conversation.c.state_by,
    conversation.c.awaiting_since,
    conversation.c.acknowledged_until,
    conversation.c.last_inbound_at,
    conversation.c.window_closed_at,
    conversation.c.prompt_at,
    conversation.c.prompted_at,
    conversation.c.unreachable_since,
    conversation.c.reach_told_at,
    conversation.c.moved_to,
    conversation.c.came_from,
    conversation.c.is_group,
    conversation.c.thread,
    conversation.c.subject,
    conversation.c.no_machine,
)

_GET = _SELECT.where(conversation.c.id == bindparam("conversation"))
_LOCK = _GET.with_for_update(of=conversation, key_share=True)
_LOCK_OF = (
    _SELECT.join(ticket, ticket.c.conversation_id == conversation.c.id)
    .where(ticket.c.id == bindparam("ticket"))
    .with_for_update(of=conversation, key_share=True)
)
_LOCK_WITH = (
    _SELECT.join(message, message.c.conversation_id == conversation.c.id)
    .where(message.c.id == bindparam("message"))
    .with_for_update(of=conversation, key_share=True)
)
_LOCK_FROM = _SELECT.where(
    conversation.c.channel == bindparam("channel"),
    conversation.c.account == bindparam("account"),
    conversation.c.address == bindparam("address"),
    conversation.c.thread == bindparam("thread"),
).with_for_update(of=conversation, key_share=True)
_LOCK_ALL_OF = (
    _SELECT.where(
        # One conversation a customer and account: their index finds them, whatever the table has grown to.
        conversation.c.customer_id.in_(
            select(identity.c.customer_id).where(
                identity.c.channel == bindparam("channel"), identity.c.address == bindparam("address")
            )
        ),
        conversation.c.channel == bindparam("channel"),
        conversation.c.address == bindparam("address"),
    )
    .order_by(conversation.c.id)
    .with_for_update(of=conversation, key_share=True)
)
# Of those that wait there are few: their index finds them, whatever the table has grown to.
_LOCK_WAITING_WITH = (
    _SELECT.where(conversation.c.awaiting_since.is_not(None), conversation.c.assignee_id == bindparam("holder"))
    .order_by(conversation.c.id)
    .with_for_update(of=conversation, key_share=True)
)
# The two ends of an index, whatever the table has grown to.
_ACCOUNTS = select(
    func.min(conversation.c.account).label("first"), func.max(conversation.c.account).label("last")
).where(conversation.c.channel == bindparam("of_channel"))
_MOST_OTHERS = 100
_OTHERS_OF = (
    select(conversation.c.id)
    .where(conversation.c.customer_id == bindparam("customer"), conversation.c.id != bindparam("but"))
    .order_by(conversation.c.last_inbound_at.desc().nulls_last(), conversation.c.id)
    .limit(_MOST_OTHERS)
)
_CHANGING = (
    "assignee_id",
    "version",
    "state",
    "snoozed_until",
    "state_by",
    "awaiting_since",
    "acknowledged_until",
    "last_inbound_at",
    "window_closed_at",
    "prompt_at",
    "prompted_at",
    "unreachable_since",
    "reach_told_at",
    "came_from",
    "is_group",
    "subject",
    "no_machine",
)
_SAVE = (
    update(conversation)
    .where(conversation.c.id == bindparam("conversation"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
# A statement of its own: one that waited for a lock would still see what was so before it waited.
_HAS_LIGHT_CARD = select(conversation_card.c.conversation_id).where(
    conversation_card.c.conversation_id == bindparam("conversation")
)
_TO_PROMPT = (
    select(conversation.c.id)
    .where(conversation.c.prompt_at.is_not(None), conversation.c.prompt_at <= bindparam("now"))
    .order_by(conversation.c.prompt_at, conversation.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_DUE = (
    select(conversation.c.id)
    .where(
        conversation.c.state == literal_column("'snoozed'"),  # as a parameter it would not meet its index
        conversation.c.snoozed_until <= bindparam("now"),
    )
    .order_by(conversation.c.snoozed_until, conversation.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)

# Customer, address and conversation in one statement. Whoever loses a race waits here for the winner's rows, makes
# nothing but a customer without an address (_FORGET), and reads what the winner made.
_START = text("""
    WITH known AS (
        SELECT customer_id FROM identity WHERE channel = :channel AND address = :address
    ), made AS (
        INSERT INTO customer (id, name, language, created_at)
        SELECT :customer, :name, :language, :at WHERE NOT EXISTS (SELECT FROM known)
        RETURNING id
    ), named AS (
        INSERT INTO identity (id, customer_id, channel, address, phone, verified_at)
        SELECT :identity, id, :channel, :address, :phone, CASE WHEN :phone IS NOT NULL THEN :at END FROM made
        ON CONFLICT DO NOTHING
        RETURNING customer_id
    ), met AS (
        SELECT customer_id FROM known UNION ALL SELECT customer_id FROM named
    )
    INSERT INTO conversation (id, customer_id, channel, account, address, thread, state, version, created_at)
    SELECT :conversation, customer_id, :channel, :account, :address, :thread, 'open', 1, :at FROM met
    ON CONFLICT DO NOTHING
    RETURNING id, customer_id, coalesce((SELECT name FROM customer WHERE id = customer_id), :name) AS name, channel,
        account, address, assignee_id, version, state, snoozed_until, state_by, awaiting_since,
        acknowledged_until, last_inbound_at, window_closed_at, prompt_at, prompted_at,
        unreachable_since, reach_told_at, moved_to, came_from, is_group, thread, subject, no_machine
""").bindparams(
    bindparam("customer", type_=Uuid),
    bindparam("identity", type_=Uuid),
    bindparam("conversation", type_=Uuid),
    bindparam("channel", type_=Text),
    bindparam("account", type_=Text),
    bindparam("address", type_=Text),
    bindparam("thread", type_=Text),
    bindparam("name", type_=Text),
    bindparam("phone", type_=Text),
    bindparam("language", type_=Text),
    bindparam("at", type_=DateTime(timezone=True)),
)
_FORGET = text("""
    DELETE FROM customer WHERE id = :customer AND NOT EXISTS (SELECT FROM identity WHERE customer_id = :customer)
""").bindparams(bindparam("customer", type_=Uuid))

# Nobody else may have the address: the other statement tells where to write to instead.
_MOVE = text("""
    UPDATE conversation SET address = :to
    WHERE id = :conversation AND address <> :to AND NOT EXISTS (
        SELECT FROM conversation AS other
        WHERE other.channel = conversation.channel AND other.account = conversation.account AND other.address = :to
    )
    RETURNING id
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("to", type_=Text))
_SEND_TO = text("""
    UPDATE conversation SET moved_to = :to
    WHERE id = :conversation AND address <> :to AND moved_to IS DISTINCT FROM :to
    RETURNING id
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("to", type_=Text))

_TRIES = 3  # two are enough: after losing a race, the winner's rows are visible


def _conversation(row: Row) -> Conversation:
    values = row.as_dict()
    return Conversation(**values | {"customer_name": values.pop("name"), "state": State(values["state"])})


class Conversations:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def open_for(self, message: Inbound, *, at: datetime) -> Conversation:
        place = {"channel": message.channel, "account": message.account, "address": message.sender}
        address = place | {"thread": thread_of(message)}
        said = {"phone": phone_number(message.phone), "language": language_or_none(message.language)}
        return await self._open(address, said | {"name": message.sender_name or message.sender}, at)

    async def only_account(self, channel: str) -> str | None:
        row = (await self._session.execute(_ACCOUNTS, {"of_channel": channel})).one()
        return row.first if row.first == row.last else None

    async def open_with(
        self, channel: str, account: str, address_: str, name_: str | None, *, thread: str = "", at: datetime
    ) -> Conversation:
        address = {"channel": channel, "account": account, "address": address_, "thread": thread}
        return await self._open(address, {"name": name_ or address_, "phone": None, "language": None}, at)

    async def _open(self, address: dict[str, str], said: dict[str, str | None], at: datetime) -> Conversation:
        for _ in range(_TRIES):
            row = (await self._session.execute(_LOCK_FROM, address)).one_or_none()
            if row is not None:
                return _conversation(row)
            await self._session.execute(SHARE_MERGES)
            customer_id = new_id()
            made = {"customer": customer_id, "identity": new_id(), "conversation": new_id(), "at": at}
            row = (await self._session.execute(_START, address | made | said)).one_or_none()
            if row is not None:
                return _conversation(row)
            await self._session.execute(_FORGET, {"customer": customer_id})
        raise NotFound("The conversation could not be started.")

    async def lock(self, conversation_id: UUID) -> Conversation:
        return await self._one(_LOCK, conversation_id)

    async def lock_of(self, ticket_id: UUID) -> Conversation:
        row = (await self._session.execute(_LOCK_OF, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return _conversation(row)

    async def lock_with(self, message_id: UUID) -> Conversation:
        row = (await self._session.execute(_LOCK_WITH, {"message": message_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such message.")
        return _conversation(row)

    async def others_of(self, customer_id: UUID, *, but: UUID) -> Sequence[UUID]:
        rows = await self._session.execute(_OTHERS_OF, {"customer": customer_id, "but": but})
        return [row.id for row in rows]

    async def lock_all_of(self, channel: str, address: str) -> Sequence[Conversation]:
        await self._session.execute(SHARE_MERGES)  # so that none of them becomes another customer's while we wait
        rows = await self._session.execute(_LOCK_ALL_OF, {"channel": channel, "address": address})
        return [_conversation(row) for row in rows]

    async def lock_waiting_with(self, person_id: UUID) -> Sequence[Conversation]:
        rows = await self._session.execute(_LOCK_WAITING_WITH, {"holder": person_id})
        return [_conversation(row) for row in rows]

    async def lock_at(self, channel: str, account: str, address: str) -> Conversation | None:
        at = {"channel": channel, "account": account, "address": address, "thread": ""}
        row = (await self._session.execute(_LOCK_FROM, at)).one_or_none()
        return _conversation(row) if row else None

    async def move(self, moved: Conversation, to: str) -> bool:
        place = {"conversation": moved.id, "to": to}
        if (await self._session.execute(_MOVE, place)).one_or_none() is not None:
            return True
        return (await self._session.execute(_SEND_TO, place)).one_or_none() is not None

    async def get(self, conversation_id: UUID) -> Conversation:
        return await self._one(_GET, conversation_id)

    async def _one(self, wanted: ClauseElement, conversation_id: UUID) -> Conversation:
        row = (await self._session.execute(wanted, {"conversation": conversation_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such conversation.")
        return _conversation(row)

    async def save(self, changed: Conversation) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
        await self._session.execute(_SAVE, {"conversation": changed.id} | new)

    async def has_light_card(self, conversation_id: UUID) -> bool:
        found = await self._session.execute(_HAS_LIGHT_CARD, {"conversation": conversation_id})
        return found.one_or_none() is not None

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        row = (await self._session.execute(CONVERSATIONS.deleted, {"channel": channel, "ts": ts})).one_or_none()
        return row.owner if row else None

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        return [row.id for row in await self._session.execute(_DUE, {"now": now, "most": most, "skip": skip})]

    async def to_prompt(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        return [row.id for row in await self._session.execute(_TO_PROMPT, {"now": now, "most": most, "skip": skip})]
