"""Offer something to a customer: words with two buttons below, or with how to answer in a word."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from core.messages import Button, Limits
from ticketing.conversations.conversation import Conversation
from ticketing.offers.offer import Offer, buttons
from ticketing.offers.wording import in_a_word
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket

Put = Callable[
    [str, tuple[Button, ...]], Awaitable[UUID | None]
]  # what stands below, and the buttons; its last message


async def make_offer(
    put: Put,
    ticket: Ticket,
    conversation: Conversation,
    *,
    accepted: str,
    declined: str,
    limits: Mapping[str, Limits],
    uow: UnitOfWork,
    now: datetime,
) -> UUID | None:
    """`put` writes the message. `accepted` and `declined`: the statuses that the answers lead to. None: not written."""
    language = await uow.surveys.language_of(conversation.id)
    offer_id = new_id()
    if _buttons_fit(conversation, limits):
        message_id = await put("", buttons(offer_id, language))
    else:
        message_id = await put(in_a_word(language), ())
    if message_id is not None:
        made = Offer(
            offer_id,
            ticket.id,
            conversation.id,
            ticket.status,
            ticket.status_since,
            accepted,
            declined,
            message_id,
            now,
        )
        await uow.offers.add(made)
    return message_id


def _buttons_fit(conversation: Conversation, limits: Mapping[str, Limits]) -> bool:
    taken = limits.get(conversation.channel)
    return taken is not None and taken.buttons >= len(buttons(conversation.id, None))
