"""Why a message of the outbox may not leave yet. Said before anything is sent: it stays pending, and is tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.errors import ChannelUnavailable
from ticketing.attachments.attachment import Attachment, FileState
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.one_mail import UNDECIDED
from ticketing.conversations.ports import Channels
from ticketing.ports import UnitOfWork

# Yesterday's answer may be wrong today, so after a day a person decides anew. On a channel with more patience, later.
PATIENCE = timedelta(days=1)
# A job runs for a minute and a half at most: one that has been sending for longer is dead.
SENDING_AT_MOST = timedelta(minutes=5)


class MayBeUndone(ChannelUnavailable):
    """Its author may still take it back."""


async def hindrance(
    message: Message, conversation: Conversation, channels: Channels, uow: UnitOfWork, now: datetime
) -> ChannelUnavailable | None:
    """None: nothing is in its way but what it carries (`not_here`)."""
    if message.send_after is not None and now < message.send_after:
        return MayBeUndone("It can still be undone.", retry_after=(message.send_after - now).total_seconds())
    since = now - patience(conversation, channels)
    if await uow.messages.stands_behind(message, since=since, sending_since=now - SENDING_AT_MOST):
        return ChannelUnavailable("An earlier reply to this customer goes first.", retry_after=1)
    if conversation.channel not in channels:
        words = f"The channel {conversation.channel} is switched off: an admin must set it up again."
        return ChannelUnavailable(words, retry_after=60)
    if channels[conversation.channel].limits.letters and message.part_of is not None:
        first = await uow.messages.get(message.part_of)
        if first.delivery in UNDECIDED:  # whoever sent it may be dead: its own job finds that out
            return ChannelUnavailable("The mail that it goes with has not left yet.", retry_after=1)
    return None


def patience(conversation: Conversation, channels: Channels) -> timedelta:
    """How long a message of this conversation is tried."""
    sender = channels.get(conversation.channel)
    return sender.limits.patience if sender is not None else PATIENCE


def not_here(files: Sequence[Attachment | None], carry: object | None) -> ChannelUnavailable | None:
    """Why a file that it carries is still to be waited for."""
    for file in files:
        if file is not None and carry is None:
            return ChannelUnavailable("There are no files here.", retry_after=60)
        if file is not None and file.state is FileState.AWAITED:
            return ChannelUnavailable(f"{file.name} is still being fetched. {file.why or ''}".strip(), retry_after=1)
    return None
