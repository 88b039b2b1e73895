"""A reply with several files is one mail. In the outbox it is several messages, as on every channel: the first takes
the files of the others with it, and what becomes of it becomes of them, whenever that is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.messages import Delivery, Limits
from ticketing.attachments.attachment import Attachment
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.outbox import save_progress
from ticketing.ports import UnitOfWork

UNDECIDED = frozenset({Delivery.PENDING, Delivery.SENDING})
_STAYS = frozenset({Delivery.PENDING, Delivery.WITHDRAWN})  # it asks what became of the first one when its turn comes


def is_one_mail(conversation: Conversation, limits: Mapping[str, Limits]) -> bool:
    """Whether a reply here is one, however many messages it has. Of a channel that is off, its thread tells."""
    taken = limits.get(conversation.channel)
    return bool(conversation.thread) if taken is None else taken.letters


async def files_of_others(message: Message, uow: UnitOfWork) -> Sequence[Attachment]:
    """The files of the reply's other messages, in their order. The message is locked and its first."""
    parts = await uow.messages.lock_parts(message.id)
    others = [part.file_id for part in parts if part.id != message.id and part.file_id is not None]
    return [await uow.attachments.get(file_id) for file_id in others]


async def go_with_first(message: Message, uow: UnitOfWork, now: datetime) -> None:
    """The reply's first message is no longer to be sent, so this one, which went with it, is where that one is."""
    assert message.part_of is not None, "only who follows another one goes with it"
    first = await uow.messages.get(message.part_of)
    await save_progress(message, _beside(message, first), uow=uow, now=now)


async def take_others_along(first: Message, uow: UnitOfWork, now: datetime) -> None:
    """News of a reply's first message, which is locked and saved, are news of those that went with it."""
    if first.part_of is not None:
        return
    for part in await uow.messages.lock_parts(first.id):
        if part.id == first.id or part.delivery in _STAYS:
            continue
        if (moved := _beside(part, first)) != part:
            await save_progress(part, moved, uow=uow, now=now)


def _beside(message: Message, first: Message) -> Message:
    return replace(message, delivery=first.delivery, error=first.error, resendable=first.resendable)
