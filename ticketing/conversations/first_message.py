"""Start a conversation: the first message to a customer, who need not have written before (SPEC 1.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from core.errors import NotFound
from core.messages import Limits
from ticketing.activity.record import Record, Stream
from ticketing.conversations.compose import Words, compose
from ticketing.conversations.outbox import put_in_outbox
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to write to. `account` is our address; None: the only one that has been written to on this channel."""

    channel: str
    address: str
    name: str | None = None
    account: str | None = None


async def start_conversation(
    to: Recipient,
    words: Words,
    *,
    by: Person | None,
    request: str,
    undo: timedelta,
    limits: Mapping[str, Limits],
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> UUID:
    """The conversation: the one there is with this address, or a new one with a new customer. `by` None: at the
    command line. `request` names the act: the same one twice is one message.

    Raises PermissionRefused, TemplateRefused, WindowClosed (words, where only a template may go), TextRefused,
    AccountRefused (the channel is off), NotFound (which of our addresses?).
    """
    actor = person_acting(by) if by else SYSTEM
    async with uow:
        if by is not None:
            require(actor, Act.REPLY)
        account = to.account or await uow.conversations.only_account(to.channel)
        if account is None:
            raise NotFound(f"Say which of our addresses on {to.channel} it is sent from.")
        conversation = await uow.conversations.open_with(to.channel, account, to.address, to.name, at=now)
        tickets = await uow.tickets.lock_recent(conversation.id)
        parts = await compose(words, conversation, limits=limits, zone=zone, uow=uow, now=now)
        written = await put_in_outbox(
            parts,
            conversation,
            rooms=[ticket.id for ticket in tickets if ticket.is_live],
            concerns=False,
            by=by or SYSTEM,
            request=request,
            undo=undo,
            by_hand=True,
            uow=uow,
            now=now,
        )
        if written is not None:
            record = Record("conversation.started", actor, now, {}, {"message": str(written.id)})
            await uow.activity.append(Stream("conversation", conversation.id), [record])
        return conversation.id
