"""A comment is changed or deleted by its author, where it was written. What it said before is kept (SPEC 5.2)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record, Stream
from ticketing.collaboration.watching import watch_mentioned
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.comment import accepted
from ticketing.tickets.events import CommentChanged
from ticketing.tickets.ports import Comment


async def edit_comment(
    source: str,
    text: str,
    *,
    by: Person,
    at: datetime,
    mentions: Collection[UUID] = (),
    uow: UnitOfWork,
    now: datetime,
) -> bool:
    """False: there is no such comment. Safe to repeat; of several edits the one of the newest instant `at` stands.

    Whom it names only now watches the ticket from now on. Raises TextRefused, PermissionRefused.
    """
    actor = person_acting(by)
    async with uow:
        if (known := await uow.room.comment_from(source)) is None:
            return False
        ticket = await uow.tickets.lock(known.ticket_id)
        require(actor, Act.COMMENT, ticket)
        known = await uow.room.comment_from(source) or known
        text = accepted(text, files=True)  # only what has files can be emptied, and where it stands sees to that
        changed, earlier = revised(known, text, at=at)
        if changed == known and earlier is None:
            return True
        shown = await uow.room.revise_comment(changed, earlier=earlier)
        if shown is None or earlier is None:  # it is so already, or says the same as before
            return True
        record = Record("comment.edited", actor, now, {}, {"comment": str(known.id)})
        await uow.activity.append(Stream("ticket", ticket.id), [record])
        if changed.text == text:
            await watch_mentioned(ticket.id, text, mentions, comment_id=known.id, by=actor, uow=uow, now=now)
        for each in shown:
            uow.emit(CommentChanged(ticket_id=each, at=now))
    return True


async def delete_comment(source: str, *, uow: UnitOfWork, now: datetime) -> bool:
    """False: there is no such comment. Safe to repeat. Its words are kept, and shown nowhere any more.

    Who deleted it nobody says: its author, or an admin of where it was written.
    """
    async with uow:
        if (known := await uow.room.comment_from(source)) is None:
            return False
        ticket = await uow.tickets.lock(known.ticket_id)
        known = await uow.room.comment_from(source) or known
        if known.deleted_at is not None:
            return True
        rooms = await uow.room.delete_comment(known.id, at=now)
        record = Record("comment.deleted", SYSTEM, now, {}, {"comment": str(known.id)})
        await uow.activity.append(Stream("ticket", ticket.id), [record])
        for each in rooms:
            uow.emit(CommentChanged(ticket_id=each, at=now))
    return True


def revised(comment: Comment, text: str, *, at: datetime) -> tuple[Comment, tuple[datetime, str] | None]:
    """The comment after an edit of instant `at`; with the words that it does not show, and since when it said them."""
    if comment.edited_at is not None and at < comment.edited_at:  # overtaken: these words were replaced already
        return comment, (at, text) if text != comment.text else None
    after = replace(comment, text=text, edited_at=at)
    return after, (comment.edited_at or comment.at, comment.text) if text != comment.text else None
