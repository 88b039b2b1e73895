"""A conversation that may belong to another one, and nobody has said so yet: it waits for people, and no ticket is
opened for it by itself. What somebody does with it says that it is one of its own.
"""

from dataclasses import replace
from datetime import datetime

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import pass_to_people
from ticketing.mails.ports import Match
from ticketing.people.actor import SYSTEM, Actor
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged


class ConversationJoined(Refused):
    """It goes on as another conversation."""

    def __init__(self, match: Match) -> None:
        super().__init__(
            f"{match.decided_by} has joined this conversation to another one, which has its mails now. Go on there."
        )


async def wait_for_decision(
    conversation: Conversation, since: datetime, *, uow: UnitOfWork, now: datetime
) -> Conversation:
    """People see the mails from `since` on, and are asked where it belongs. The conversation is locked."""
    change = pass_to_people(conversation, since, by=SYSTEM, at=now, why="it may belong to another conversation")
    if change.record is not None:
        return await save_conversation(change, uow=uow, now=now)
    after = replace(conversation, version=conversation.version + 1)
    await uow.conversations.save(after)
    uow.emit(ConversationChanged(conversation_id=after.id, at=now))
    return after


async def stands_for_itself(conversation: Conversation, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Somebody answers it, opens its ticket or resolves it, which is locked: nobody has to be asked any more.

    Raises ConversationJoined.
    """
    if not conversation.thread:  # of a channel without letters
        return
    match = await uow.mails.match(conversation.id)
    if match is None or match.same is False:
        return
    if match.same:
        raise ConversationJoined(match)
    await decline(match, by=by, uow=uow, now=now)
    # They have read it, and no machine has to make anything of it any more.
    await uow.messages.mark_all_triaged(conversation.id)


async def decline(match: Match, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """It is not that conversation. Its own is locked."""
    await uow.mails.decide_match(match.conversation_id, same=False, by=by.name, at=now)
    record = Record("match.declined", by, now, {"conversation": str(match.target_id)}, {"conversation": None})
    await uow.activity.append(Stream("conversation", match.conversation_id), [record])
