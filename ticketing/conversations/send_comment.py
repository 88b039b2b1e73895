"""One's own comment, as words for the customer: what was written to the team goes out only if its author says so."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import Refused
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork


class CommentNotSendable(Refused):
    """It is a colleague's, or no comment at all."""


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment and the ticket that a reply made of it is about: where the comment's own was merged, the survivor."""

    id: UUID
    ticket_id: UUID
    conversation_id: UUID


async def comment_to_send(source: str, *, by: Person, uow: UnitOfWork) -> OwnComment:
    """`source`: where it was written. Sends nothing. Raises CommentNotSendable, PermissionRefused."""
    async with uow:
        comment = await uow.room.comment_from(source)
        if comment is None or comment.deleted_at is not None:
            raise CommentNotSendable(
                "This message is no comment on a ticket. Only what you wrote yourself in a ticket's thread can be sent "
                "to the customer this way; “Reply” on its card writes a new message."
            )
        if comment.author_id != by.id:
            author = await uow.people.get(comment.author_id)
            raise CommentNotSendable(
                f"This is a comment of {author.name}'s, so only they can send it to the customer. Ask them, or write "
                "your own with “Reply” on the card."
            )
        above = await uow.merges.above(comment.ticket_id)
        ticket = await uow.tickets.get(above[-1].survivor_id if above else comment.ticket_id)
        require(person_acting(by), Act.REPLY, ticket)
        return OwnComment(comment.id, ticket.id, ticket.conversation_id)
