"""Conversations, with the customers and addresses they belong to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import NotFound
from core.ids import new_id
from core.messages import Inbound
from storage.rows import AnySelect
from storage.tables import conversation, customer, identity
from ticketing.conversations.conversation import Conversation

_COLUMNS = (
    conversation.c.id,
    conversation.c.customer_id,
    customer.c.name,
    conversation.c.channel,
    conversation.c.account,
    conversation.c.address,
    conversation.c.assignee_id,
    conversation.c.version,
)


def _select() -> AnySelect:
    return select(*_COLUMNS).join(customer, customer.c.id == conversation.c.customer_id)


class Conversations:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_for(self, message: Inbound, *, at: datetime) -> Conversation:
        wanted = (
            _select()
            .where(
                conversation.c.channel == message.channel,
                conversation.c.account == message.account,
                conversation.c.address == message.sender,
                conversation.c.state == "open",
            )
            .with_for_update(of=conversation)
        )
        row = (await self._connection.execute(wanted)).one_or_none()
        if row is None:
            await self._start(message, at)
            row = (await self._connection.execute(wanted)).one()
        return Conversation(*row)

    async def _start(self, message: Inbound, at: datetime) -> None:
        """Whoever loses the race to start it waits for the winner's row and changes nothing."""
        customer_id = await self._customer(message, at)
        await self._connection.execute(
            insert(conversation)
            .values(
                id=new_id(),
                customer_id=customer_id,
                channel=message.channel,
                account=message.account,
                address=message.sender,
                state="open",
                version=1,
                created_at=at,
            )
            .on_conflict_do_nothing()
        )

    async def _customer(self, message: Inbound, at: datetime) -> UUID:
        known = select(identity.c.customer_id).where(
            identity.c.channel == message.channel, identity.c.address == message.sender
        )
        found: UUID | None = await self._connection.scalar(known)
        if found is not None:
            return found
        customer_id = new_id()
        name = message.sender_name or message.sender
        await self._connection.execute(insert(customer).values(id=customer_id, name=name, created_at=at))
        won = await self._connection.scalar(
            insert(identity)
            .values(id=new_id(), customer_id=customer_id, channel=message.channel, address=message.sender)
            .on_conflict_do_nothing()
            .returning(identity.c.customer_id)
        )
        if won is None:  # another worker met this customer first; ours is left without an address and removed
            await self._connection.execute(customer.delete().where(customer.c.id == customer_id))
        winner: UUID = won or (await self._connection.execute(known)).scalar_one()
        return winner

    async def lock(self, conversation_id: UUID) -> Conversation:
        return await self._one(_by_id(conversation_id).with_for_update(of=conversation))

    async def get(self, conversation_id: UUID) -> Conversation:
        return await self._one(_by_id(conversation_id))

    async def _one(self, wanted: AnySelect) -> Conversation:
        row = (await self._connection.execute(wanted)).one_or_none()
        if row is None:
            raise NotFound("There is no such conversation.")
        return Conversation(*row)

    async def save(self, changed: Conversation) -> None:
        await self._connection.execute(
            update(conversation)
            .where(conversation.c.id == changed.id)
            .values(assignee_id=changed.assignee_id, version=changed.version)
        )


def _by_id(conversation_id: UUID) -> AnySelect:
    return _select().where(conversation.c.id == conversation_id)
