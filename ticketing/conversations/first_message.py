"""Start a conversation: the first message to a customer, who need not have written before (SPEC 1.10)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from core.errors import NotFound
from core.messages import Limits, Party
from ticketing.activity.record import Record, Stream
from ticketing.conversations.compose import Words, compose
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import limits_on, put_in_outbox
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.comment import TextRefused

_SUBJECT = 250  # characters


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to write to. `account` is our address; None: the only one that we have on this channel.

    `subject`: of a mail, which starts a conversation of its own. None on other channels, where there is one with each
    address.
    """

    channel: str
    address: str
    name: str | None = None
    account: str | None = None
    subject: str | None = None


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

    Raises PermissionRefused, TemplateRefused, WindowClosed (words, where only a template may go), TextRefused (also for
    a mail without a subject),
    AccountRefused (the channel is off), NotFound (which of our addresses? That one is none of them).
    """
    actor = person_acting(by) if by else SYSTEM
    async with uow:
        if by is not None:
            require(actor, Act.REPLY)
        account = await _account(to, limits, uow)
        if to.subject is not None and not to.subject.strip():
            raise TextRefused("A mail that starts a conversation needs a subject.")
        conversation = await begin(to, account, request=request, uow=uow, now=now)
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


async def _account(to: Recipient, limits: Mapping[str, Limits], uow: UnitOfWork) -> str:
    """Our address that it comes from, as the channel writes it."""
    ours = limits_on(to.channel, limits).accounts
    if to.account and ours:
        chosen = next((each for each in ours if each.lower() == to.account.strip().lower()), None)
        if chosen is None:
            known = ", ".join(ours)
            raise NotFound(f"“{to.account}” is none of our addresses on {to.channel}. It can be sent from: {known}.")
        return chosen
    account = to.account or (ours[0] if len(ours) == 1 else await uow.conversations.only_account(to.channel))
    if account is None:
        raise NotFound(f"Say which of our addresses on {to.channel} it is sent from.")
    return account


async def begin(to: Recipient, account: str, *, request: str, uow: UnitOfWork, now: datetime) -> Conversation:
    """The conversation, locked: of a mail a new one, for each `request`; else the one there is, or a new one."""
    thread = "" if to.subject is None else f"begun:{request}"
    begun = await uow.conversations.open_with(to.channel, account, to.address, to.name, thread=thread, at=now)
    if to.subject is None or begun.subject is not None:
        return begun
    begun = replace(begun, subject=" ".join(to.subject.split())[:_SUBJECT])
    await uow.conversations.save(begun)
    await uow.mails.take_part(begun.id, [Party(to.address, to.name)], at=now)
    return begun
