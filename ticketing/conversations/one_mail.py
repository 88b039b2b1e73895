"""A reply with several files is one mail. In the outbox it is several messages, as on every channel: the first takes
the files of the others with it, and what becomes of it becomes of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ticketing.attachments.attachment import Attachment
from ticketing.conversations.conversation import Message
from ticketing.conversations.outbox import save_progress
from ticketing.ports import UnitOfWork


async def files_of_others(message: Message, uow: UnitOfWork) -> Sequence[Attachment]:
    """The files of the reply's other messages, in their order. The message is locked and its first."""
    parts = await uow.messages.lock_parts(message.id)
    others = [part.file_id for part in parts if part.id != message.id and part.file_id is not None]
    return [await uow.attachments.get(file_id) for file_id in others]


async def go_with_first(message: Message, uow: UnitOfWork, now: datetime) -> None:
    """The reply's first message is no longer to be sent, so this one, which went with it, is where that one is."""
    assert message.request is not None, "who follows another one was written by the same pressing of Send"
    first = await uow.messages.by_request(message.request.rpartition("#")[0])
    assert first is not None, "its first was written in the same transaction"
    gone = replace(message, delivery=first.delivery, error=first.error, resendable=first.resendable)
    await save_progress(message, gone, uow=uow, now=now)
