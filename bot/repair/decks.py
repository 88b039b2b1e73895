"""The two sorts of cards, tickets' and conversations', and what a repair does with each of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bot.client import Slack
from bot.ports import LightCards, Owner, Repairs, Rooms
from bot.showing import show_conversation, show_ticket
from bot.showing.card import Drawn
from bot.showing.conversation import drawn as light_card_drawn
from bot.showing.ticket import drawn as ticket_drawn
from core.instants import Clock


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards of one sort."""

    repairs: Repairs
    drawn: Callable[[UUID], Awaitable[Drawn]]  # as the database would have it now
    show: Callable[[UUID, str], Awaitable[None]]  # of this owner, by the job of this name
    owner_at: Callable[[str, str], Awaitable[UUID | None]]  # whose card stands in this channel, at this ts
    homeless: str  # what to say of those that have no channel


Decks = Mapping[Owner, Deck]


def decks(
    repairs: Mapping[Owner, Repairs], rooms: Rooms, light_cards: LightCards, client: Slack, clock: Clock
) -> Decks:
    """Both, in the order in which they are put right."""

    async def ticket(ticket_id: UUID) -> Drawn:
        return await ticket_drawn(await rooms.card(ticket_id), client)

    async def show_a_ticket(ticket_id: UUID, job: str) -> None:
        await show_ticket(ticket_id, job=job, rooms=rooms, client=client, clock=clock)

    async def light_card(conversation_id: UUID) -> Drawn:
        return light_card_drawn(await light_cards.card(conversation_id))

    async def show_a_conversation(conversation_id: UUID, job: str) -> None:
        await show_conversation(conversation_id, job=job, cards=light_cards, client=client, clock=clock)

    return {
        Owner.TICKET: Deck(
            repairs[Owner.TICKET],
            ticket,
            show_a_ticket,
            rooms.ticket_at,
            "live tickets have a team without a Slack channel",
        ),
        Owner.CONVERSATION: Deck(
            repairs[Owner.CONVERSATION],
            light_card,
            show_a_conversation,
            light_cards.conversation_at,
            "conversations wait for people, and there is no Slack channel for them (`threadline teams intake C…`)",
        ),
    }
