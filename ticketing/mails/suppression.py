"""Addresses that take no mail any more. Nothing is sent there until a person allows it, or proven mail comes from them.

Who goes on writing to addresses that bounce is soon taken for a sender of spam, and reaches nobody.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo

from core.messages import OutboundLetter
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.reachability import cards_say_so, found_gone
from ticketing.mails.suppressed import Suppressed
from ticketing.people.actor import SYSTEM, customer_acting
from ticketing.ports import UnitOfWork

_WHY = 300  # characters of a server's words


async def suppress(
    address: str, why: str, message: Message, conversation: Conversation, *, uow: UnitOfWork, now: datetime
) -> None:
    """A message of ours came back from there, or was refused. Both are locked. Safe to repeat."""
    known = address.lower()
    is_copy = known != conversation.recipient.lower()
    words = " ".join(why.split())[:_WHY]
    new = await uow.suppressions.add(conversation.channel, Suppressed(known, words, now, message.id))
    if not is_copy:
        await found_gone(conversation, uow=uow, now=now)
    if new:
        record = Record("address.suppressed", SYSTEM, now, {}, {"message": str(message.id), "copy": is_copy})
        await uow.activity.append(Stream("conversation", conversation.id), [record])
        await all_cards_say_so(conversation, uow=uow, now=now)


async def record_lifted(message: Message, conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """This proven mail shows that its sender takes mail again."""
    customer = customer_acting(conversation.customer_id, "Customer")
    record = Record("address.allowed", customer, now, {}, {"message": str(message.id)})
    await uow.activity.append(Stream("conversation", conversation.id), [record])
    await all_cards_say_so(conversation, uow=uow, now=now)


async def all_cards_say_so(conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """It is the address that takes no mail, in whatever thread it is written to: cards of other threads say so, too."""
    await cards_say_so(conversation, uow=uow, now=now)
    for other_id in await uow.conversations.others_of(conversation.customer_id, but=conversation.id):
        other = await uow.conversations.get(other_id)
        if other.channel == conversation.channel:
            await cards_say_so(other, uow=uow, now=now)


def refusal(found: Suppressed, zone: tzinfo) -> str:
    """What is said of a message that was to go there: since when, why, and what to do."""
    since = f"{found.since.astimezone(zone):%d %b %Y %H:%M}"
    # The other server's words come last: they may be long, and who is shown a part of this reads what to do.
    return (
        f"Nothing was sent: {found.address} has taken no mail since {since}. Write to another address; or, if it was "
        "mended, a supervisor or an admin sends it again (at a console: threadline senders allow). "
        f"What came back: {found.why}"
    )


def without(letter: OutboundLetter, stopped: Mapping[str, Suppressed]) -> tuple[OutboundLetter, str | None]:
    """The letter without copies to these, and who was left out, in words."""
    left = [each for each in letter.cc if each.address.lower() in stopped]
    if not left:
        return letter, None
    kept = tuple(each for each in letter.cc if each.address.lower() not in stopped)
    return replace(letter, cc=kept), f"without a copy to {', '.join(each.address for each in left)}, who takes no mail"


def noted(message: Message, words: str | None) -> Message:
    """With this among what is said below it, once."""
    if not words or words in (message.note or ""):
        return message
    return replace(message, note=f"{message.note} · {words}" if message.note else words)
