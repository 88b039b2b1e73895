"""Write an internal comment. The customer never sees it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.ids import new_id
from core.messages import RemoteFile
from ticketing.activity.record import Record
from ticketing.attachments.awaited import await_files
from ticketing.collaboration.watching import watch_mentioned
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.sla.keep import note
from ticketing.tickets.events import CommentAdded
from ticketing.tickets.ports import Comment
from ticketing.tickets.ticket import Ticket

COMMENT_LENGTH = 20_000
FROM_SLACK = "slack"  # where the team's files are fetched, among the channels that customers' are fetched from


class TextRefused(Refused):
    """Empty, or longer than can be kept or sent."""


async def comment(
    ticket_id: UUID,
    text: str,
    *,
    by: Person,
    files: Sequence[RemoteFile] = (),
    source: str | None = None,
    in_thread: bool = False,
    mentions: Collection[UUID] = (),
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Safe to repeat with the same `source`. `in_thread`: it already stands in the ticket's thread.

    `files` are fetched from Slack, where its author has put them; with them it needs no words. Whom it names ("@Mia",
    "@Refunds", or `mentions`: the ids of people) watches the ticket from now on.

    What is written on a ticket that was merged stands on the one that goes on with it.

    Raises TextRefused, PermissionRefused.
    """
    text = accepted(text, files=bool(files))
    async with uow:
        await uow.merges.share()
        goes_on = await uow.merges.above(ticket_id)
        if goes_on:  # written where the ticket stood before it was merged
            ticket_id, in_thread = goes_on[-1].survivor_id, False
        ticket = await uow.tickets.lock(ticket_id)
        written = Comment(new_id(), ticket_id, by.id, text, now, source)
        await _write(ticket, written, by=by, files=files, in_thread=in_thread, mentions=mentions, uow=uow)


async def comment_with(
    ticket: Ticket,
    text: str,
    *,
    by: Person,
    source: str | None,
    files: Sequence[RemoteFile] = (),
    files_from: str = FROM_SLACK,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """A comment that goes with a change, in its transaction, which has locked the ticket. Raises as `comment`."""
    written = Comment(new_id(), ticket.id, by.id, accepted(text, files=bool(files)), now, source)
    await _write(ticket, written, by=by, files=files, files_from=files_from, uow=uow)


def accepted(text: str, *, files: bool) -> str:
    """The words as they are kept. With files it needs none. Raises TextRefused."""
    text = text.replace("\x00", "").strip()
    if (not text and not files) or len(text) > COMMENT_LENGTH:
        raise TextRefused(f"A comment has 1 to {COMMENT_LENGTH:,} characters; this one has {len(text):,}.")
    return text


async def _write(
    ticket: Ticket,
    written: Comment,
    *,
    by: Person,
    files: Sequence[RemoteFile] = (),
    files_from: str = FROM_SLACK,
    in_thread: bool = False,
    mentions: Collection[UUID] = (),
    uow: UnitOfWork,
) -> None:
    actor, now = person_acting(by), written.at
    require(actor, Act.COMMENT, ticket)
    if not await uow.room.add_comment(written, shown=in_thread):
        return
    await await_files(files, channel=files_from, comment_id=written.id, uow=uow, now=now)
    record = Record("comment.added", actor, now, {}, {"comment": str(written.id)})
    await note(ticket, [record], uow=uow)
    await watch_mentioned(ticket.id, written.text, mentions, comment_id=written.id, by=actor, uow=uow, now=now)
    uow.emit(CommentAdded(ticket_id=ticket.id, at=now))
