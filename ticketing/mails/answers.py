"""Answers to offers and surveys by mail: they decide something, so they take proof of who wrote them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.messages import Inbound, Letter
from ticketing.conversations.conversation import Conversation
from ticketing.mails.place import Placed
from ticketing.offers import answer as offers
from ticketing.ports import UnitOfWork
from ticketing.surveys import answer as surveys
from ticketing.surveys.survey import stars

_DECIDES_NOTHING = "not counted as an answer: nothing proves who wrote it"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a mail answers. `note` is said below it."""

    survey: surveys.Answer | None = None
    offer: offers.Answered | None = None
    note: str | None = None

    @property
    def says_no_more(self) -> bool:
        """Nobody has to read it."""
        return self.offer is not None or (self.survey is not None and not self.survey[1].comment)


async def answers_in(
    inbound: Inbound, letter: Letter, placed: Placed, *, uow: UnitOfWork, at: datetime, now: datetime
) -> Answers:
    """Of a mail that was received at this instant, before it is kept. Only the customer's own answers anything."""
    conversation = placed.conversation
    if placed.is_new or placed.undecided or letter.automatic:
        return Answers()
    if letter.sender.address.lower() != conversation.address.lower():
        return Answers()
    survey = await surveys.answer_of_message(inbound, conversation, uow=uow, at=at)
    offer = await offers.answer_of_message(inbound, conversation, uow=uow, at=at, now=now)
    if survey is None and offer is None:
        return Answers()
    if not letter.verified:
        return Answers(note=_DECIDES_NOTHING)
    return Answers(survey, offer, stars(survey[1].value) if survey else offer.note if offer else None)


async def keep_answers(
    given: Answers, message_id: UUID, conversation: Conversation, *, at: datetime, uow: UnitOfWork, now: datetime
) -> None:
    """The message that gives them was just added."""
    if given.survey is not None:
        await uow.room.add_messages(given.survey[0].ticket_id, [message_id], concerns=True, at=now)
        await surveys.keep_answer(given.survey, conversation, at=at, uow=uow, now=now)
    if given.offer is not None:
        await offers.keep_answer(given.offer, message_id, at=at, uow=uow, now=now)
