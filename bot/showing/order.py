"""Who goes first when Slack takes no more: urgent tickets before high ones, and of one ticket the card first."""

from enum import IntEnum
from uuid import UUID

from bot.pacing import Visitor
from ticketing.tickets.card import TicketCard
from ticketing.triage.suggestion import Priority

_MOST_URGENT_FIRST = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)


class Part(IntEnum):
    CARD = 0
    THREAD = 1


def light_visitor(conversation_id: UUID) -> Visitor:
    """A conversation without a ticket in the same line, among the tickets of normal priority."""
    return Visitor(conversation_id, 2 * _MOST_URGENT_FIRST.index(Priority.NORMAL) + Part.CARD)


def visitor(card: TicketCard, part: Part) -> Visitor:
    """A ticket in the line for Slack."""
    return Visitor(card.ticket_id, 2 * _MOST_URGENT_FIRST.index(card.priority) + part)
