"""An offer as a value, and the pure rules about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.messages import Button
from ticketing.offers.wording import labels
from ticketing.tickets.ticket import Ticket

ANSWERABLE = timedelta(days=14)  # after it, a bare "yes" may mean anything. Its buttons stay good


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Offer:
    """One proposal to one customer, made when a ticket came into `status` at `entered_at`: once each time."""

    id: UUID
    ticket_id: UUID
    conversation_id: UUID
    status: str
    entered_at: datetime
    accepted: str  # the status that Accept leads to
    declined: str  # the status that Not solved leads to
    message_id: UUID
    made_at: datetime
    answer: Answer | None = None
    answered_at: datetime | None = None

    def leads_to(self, answer: Answer) -> str:
        """The status."""
        return self.accepted if answer is Answer.ACCEPTED else self.declined


def stands(offer: Offer, ticket: Ticket) -> bool:
    """Whether it can still be answered: the ticket is where it was when the offer was made, and has not left since."""
    there = ticket.status == offer.status and ticket.status_since == offer.entered_at
    return there and offer.answer is None and ticket.discarded_at is None and ticket.merged_into is None


def answered(offer: Offer, answer: Answer, at: datetime) -> Offer:
    """The offer after the customer's word."""
    return replace(offer, answer=answer, answered_at=at)


_PREFIX = "offer"
_SIGNS = {"y": Answer.ACCEPTED, "n": Answer.DECLINED}


def buttons(offer_id: UUID, language: str | None) -> tuple[Button, ...]:
    """Accept and Not solved. Their data stays below 64 bytes, which is the least that a channel takes."""
    return tuple(
        Button(label, f"{_PREFIX}:{offer_id}:{sign}") for label, sign in zip(labels(language), _SIGNS, strict=True)
    )


def pressed_answer(data: str) -> tuple[UUID, Answer] | None:
    """What one of these buttons says; None: it is none of them."""
    prefix, _, rest = data.partition(":")
    offer_id, _, sign = rest.partition(":")
    if prefix != _PREFIX or sign not in _SIGNS:
        return None
    try:
        return UUID(offer_id), _SIGNS[sign]
    except ValueError:
        return None
