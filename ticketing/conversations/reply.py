"""Reply to the customer, about a ticket or in a conversation that has none. Sent by `deliver.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from core.errors import NotFound, Refused
from core.messages import Limits, Party
from ticketing.approvals.load_gate import load_gate
from ticketing.conversations.carry_files import take_files
from ticketing.conversations.compose import Words, compose
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.origin import TYPED, Origin, require_own
from ticketing.conversations.outbox import put_in_outbox
from ticketing.fields.give import look_around
from ticketing.mails.undecided import stands_for_itself
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move, require_standing


@dataclass(frozen=True, slots=True)
class Seen:
    """What whoever replies was looking at: this conversation, as it stood at that instant."""

    conversation_id: UUID
    at: datetime


class RepliedMeanwhile(Refused):
    """A colleague has replied since. Nothing was written; who has seen their reply may send all the same."""

    def __init__(self, reply: Message) -> None:
        super().__init__(f"{reply.author_name} has replied meanwhile: “{reply.text[:200]}”")
        self.reply = reply


async def reply(
    ticket_id: UUID,
    words: Words,
    *,
    by: Person,
    request: str,
    files: Sequence[UUID] = (),
    cc: Sequence[Party] | None = None,
    then: str | None,
    seen: Seen | None,
    origin: Origin = TYPED,
    undo: timedelta,
    limits: Mapping[str, Limits],
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Write a reply; it leaves after `undo`, and the ticket goes to status `then` with it.

    `request` names the act of pressing Send: the same one twice is one reply. `files` were given before, by
    `attachments/give.py`. `words` may be a template that was filled in.
    `origin`: where they came from. `cc`: who has a copy, by mail; None: whoever reads along.
    Raises RepliedMeanwhile (since `seen`), NotFound (`seen` is another conversation, or `origin` a colleague's
    comment), TextRefused (empty, or over the channel's limit: never cut in silence), WindowClosed (only a template may
    be sent now; said in the time of `zone`), TemplateRefused, TransitionRefused, PermissionRefused, AccountRefused (we
    are not connected to that channel any more).
    """
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.REPLY, ticket)
        require_standing(ticket)
        if seen is not None:
            await _require_seen(seen, conversation, by, request, uow)
        await require_own(origin, by=by, uow=uow)
        if then is not None:  # refused now, while there is a form to say so in; asked again when the reply leaves
            playbook = await uow.playbook()
            gate = await load_gate(ticket, then, by=actor, uow=uow, now=now)
            around = await look_around(ticket, playbook, uow=uow)
            move(ticket, then, by=actor, at=now, playbook=playbook, around=around, gate=gate)
        given = await take_files(files, uow=uow, now=now)
        await put_in_outbox(
            await compose(words, conversation, files=given, limits=limits, zone=zone, uow=uow, now=now),
            conversation,
            rooms=[ticket_id],
            concerns=True,
            by=by,
            request=request,
            cc=cc,
            undo=undo,
            then=then if then != ticket.status else None,
            origin=origin,
            uow=uow,
            now=now,
        )
        await uow.replying.end(conversation.id, by.id, until=now)


async def _require_seen(seen: Seen, conversation: Conversation, by: Person, request: str, uow: UnitOfWork) -> None:
    if seen.conversation_id != conversation.id:
        raise NotFound("This form is about another conversation. Open it anew from the card.")
    newest = await uow.messages.replied_since(conversation.id, seen.at, but=by.id)
    if newest is not None and await uow.messages.by_request(request) is None:  # the same form twice was sent already
        raise RepliedMeanwhile(newest)


async def reply_to_conversation(
    conversation_id: UUID,
    words: Words,
    *,
    by: Person,
    request: str,
    files: Sequence[UUID] = (),
    cc: Sequence[Party] | None = None,
    seen: Seen | None,
    undo: timedelta,
    limits: Mapping[str, Limits],
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Write a reply that is about no ticket. Where tickets are open (one may have come meanwhile) it stands in all
    their rooms. `request`, `files`, `cc`, `seen` and errors as in `reply`; and ConversationJoined.
    """
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(person_acting(by), Act.REPLY)
        await stands_for_itself(conversation, by=person_acting(by), uow=uow, now=now)
        if seen is not None:
            await _require_seen(seen, conversation, by, request, uow)
        tickets = await uow.tickets.lock_recent(conversation_id)
        rooms = [ticket.id for ticket in tickets if ticket.is_live]
        given = await take_files(files, uow=uow, now=now)
        await put_in_outbox(
            await compose(words, conversation, files=given, limits=limits, zone=zone, uow=uow, now=now),
            conversation,
            rooms=rooms,
            concerns=False,
            by=by,
            request=request,
            cc=cc,
            undo=undo,
            uow=uow,
            now=now,
        )
        await uow.replying.end(conversation.id, by.id, until=now)
