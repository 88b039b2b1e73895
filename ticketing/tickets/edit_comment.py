"""A comment is changed or deleted by its author, where it was written. What it said before is kept (SPEC 5.2)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.collaboration.watching import watch_mentioned
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.people.permissions import Act, PermissionRefused, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.comment import accepted
from ticketing.tickets.events import CommentChanged
from ticketing.tickets.ports import Comment
from ticketing.tickets.ticket import Ticket


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
        if known.author_id != by.id:
            raise PermissionRefused("That is a colleague’s comment: only who wrote it may change it.")
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
        if known.deleted_at is None:
            await _take_away(known, ticket, [], uow=uow, now=now)
    return True


async def delete_unheard(
    ticket_id: UUID, text: str, *, by: Person, source: str, uow: UnitOfWork, now: datetime
) -> None:
    """Kept as deleted, and told to nobody: whose writing has not been heard of would come back when it is.

    Safe to repeat; nothing happens where it has been heard of meanwhile. Raises TextRefused, PermissionRefused.
    """
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.COMMENT, ticket)
        written = Comment(new_id(), ticket.id, by.id, accepted(text, files=True), now, source)
        if await uow.room.add_comment(written, shown=True):
            added = Record("comment.added", actor, now, {}, {"comment": str(written.id)})
            await _take_away(written, ticket, [added], uow=uow, now=now)


async def _take_away(comment: Comment, ticket: Ticket, before: list[Record], *, uow: UnitOfWork, now: datetime) -> None:
    rooms = await uow.room.delete_comment(comment.id, at=now)
    deleted = Record("comment.deleted", SYSTEM, now, {}, {"comment": str(comment.id)})
    await uow.activity.append(Stream("ticket", ticket.id), [*before, deleted])
    for each in rooms:
        uow.emit(CommentChanged(ticket_id=each, at=now))


def revised(comment: Comment, text: str, *, at: datetime) -> tuple[Comment, tuple[datetime, str] | None]:
    """The comment after an edit of instant `at`; with the words that it does not show, and since when it said them."""
    if comment.edited_at is not None and at < comment.edited_at:  # overtaken: these words were replaced already
        return comment, (at, text) if text != comment.text else None
    after = replace(comment, text=text, edited_at=at)
    return after, (comment.edited_at or comment.at, comment.text) if text != comment.text else None
