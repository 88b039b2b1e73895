"""The customer's address on a channel is another one from now on: what they wrote and what we owe them goes with it."""

from datetime import datetime

from core.messages import Moved
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import SYSTEM
from ticketing.ports import UnitOfWork


async def file_move(moved: Moved, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome."""
    await move_address(moved.channel, moved.sender, moved.to, uow=uow, now=now)
    return "filed"


async def move_address(channel: str, address: str, to: str, *, uow: UnitOfWork, now: datetime) -> None:
    """Safe to repeat. Part of a transaction that has locked nothing yet.

    Where they have begun a conversation under the new address already, that one goes on. The old one stays beside it,
    with all that it holds, and what is sent in it goes to the new address.
    """
    for conversation in await uow.conversations.lock_all_of(channel, address):
        if await uow.conversations.move(conversation, to):
            # Addresses are the customer's: they do not stand in chains.
            moved = Record("conversation.moved", SYSTEM, now, {}, {})
            await uow.activity.append(Stream("conversation", conversation.id), [moved])
    await uow.senders.move(channel, address, to)
