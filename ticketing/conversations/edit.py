"""File a customer's change to what they had written. The earlier words are kept, and stay readable (SPEC 1.6).

Triage reads the words as they stand when it runs; what it has understood already is not understood again.
"""

from datetime import datetime, timedelta

from core.errors import ChannelUnavailable
from core.messages import Edited, Inbound
from ticketing.conversations.conversation import Direction
from ticketing.conversations.file_message import file_message
from ticketing.conversations.ports import StoredEvent
from ticketing.conversations.revision import revise, save_revision
from ticketing.customers.ports import KnownSender
from ticketing.ports import UnitOfWork

# An edit may be filed before its message is. After this long the message never came, and the edit is all we have of it.
EDIT_PATIENCE = timedelta(minutes=1)


class EditTooEarly(ChannelUnavailable):
    """A change of a message that we have not filed yet."""


async def file_edit(
    edited: Edited, event: StoredEvent, *, sender: KnownSender | None, uow: UnitOfWork, now: datetime
) -> str:
    """The inbox's outcome. The same edit again changes nothing; of several, the newest stands.

    Raises EditTooEarly.
    """
    key, at = f"{edited.channel}:{edited.key}", edited.edited_at or event.received_at
    known = await uow.messages.by_key(key)
    if known is None:
        if now - event.received_at < EDIT_PATIENCE:
            raise EditTooEarly(f"no message {key} yet", retry_after=1)
        return await file_message(_as_message(edited), event, sender=sender, edited_at=at, uow=uow, now=now)
    if known.direction is not Direction.INBOUND:
        return "ignored"
    conversation = await uow.conversations.lock(known.conversation_id)  # before its messages, by everybody
    message = await uow.messages.lock(known.id)
    answered_by = await uow.messages.answered(conversation.id, since=message.at, until=event.received_at)
    if (revised := revise(message, edited.text, at=at, answered_by=answered_by)) is not None:
        await save_revision(*revised, conversation, uow=uow, now=now)
    return "filed"


def _as_message(edited: Edited) -> Inbound:
    return Inbound(
        edited.key,
        edited.channel,
        edited.account,
        edited.sender,
        edited.sender_name,
        edited.text,
        edited.edited_at,
        group=edited.group,
        author=edited.author,
        author_name=edited.author_name,
    )
