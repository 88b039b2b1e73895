"""Ask something before deciding. The question is a comment on the ticket; so is whatever is answered."""

from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.approvals.changes import require_waiting
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import require_standing
from ticketing.tickets.comment import COMMENT_LENGTH, TextRefused
from ticketing.tickets.events import CommentAdded
from ticketing.tickets.ports import Comment


async def ask_about(
    approval_id: UUID, text: str, *, by: Person, source: str | None = None, uow: UnitOfWork, now: datetime
) -> None:
    """Anybody of the desk may ask. Safe to repeat with the same `source`.

    Raises TextRefused, AlreadyDecided, ApprovalVoid, ApprovalExpired, TicketIsDiscarded, TicketIsMerged, NotFound.
    """
    text = text.replace("\x00", "").strip()
    if not 0 < len(text) <= COMMENT_LENGTH:
        raise TextRefused(f"A question has 1 to {COMMENT_LENGTH:,} characters; this one has {len(text):,}.")
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.lock(await uow.approvals.ticket_of(approval_id))
        approval = await uow.approvals.get(approval_id)
        require_standing(ticket)
        require(actor, Act.COMMENT, ticket)
        if by.id != approval.requested_by:
            require_waiting(approval, await uow.approvals.decisions(approval_id), by)
        words = f"❓ @{approval.requester}, about “{approval.label}”: {text}"
        written = Comment(new_id(), ticket.id, by.id, words, now, source)
        if not await uow.room.add_comment(written, shown=False):
            return
        after = {"approval": str(approval.id), "comment": str(written.id)}
        record = Record("approval.asked", actor, now, {}, after)
        await uow.activity.append(Stream("ticket", ticket.id), [record])
        uow.emit(CommentAdded(ticket_id=ticket.id, at=now))
