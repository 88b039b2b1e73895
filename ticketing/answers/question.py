"""What a link asks, for the page that shows it; and what became of the answer."""

from dataclasses import dataclass

from ticketing.conversations.conversation import Conversation
from ticketing.conversations.press import asked_in
from ticketing.offers.offer import Answer, Offer, pressed_answer, stands
from ticketing.ports import UnitOfWork
from ticketing.surveys.survey import Survey, pressed_score


@dataclass(frozen=True, slots=True)
class ScoreAsked:
    """`chosen`: by the link that was followed. `given`: what they have answered so far."""

    language: str | None
    chosen: int
    given: int | None = None


@dataclass(frozen=True, slots=True)
class OfferAsked:
    """`words` are those of the message that made the offer, `chosen` what the link says to it."""

    language: str | None
    words: str
    chosen: Answer


@dataclass(frozen=True, slots=True)
class NothingAsked:
    """It cannot be answered any more; or, with `given`, this is the answer to it."""

    language: str | None
    given: Answer | None = None


Question = ScoreAsked | OfferAsked | NothingAsked


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says after an answer, in the customer's language where we have it."""

    language: str | None
    words: str
    counted: bool


async def question(data: str, *, uow: UnitOfWork) -> Question:
    """Of a link that was checked."""
    async with uow:
        asked = await asked_in(data, uow=uow)
        if asked is None:
            return NothingAsked(None)
        conversation = await uow.conversations.get(asked.conversation_id)
        language = await uow.surveys.language_of(conversation.id)
        if await _cannot_answer(conversation, uow):
            return NothingAsked(language)
        if isinstance(asked, Survey):
            return _score(asked, data, language)
        return await _offer(asked, data, language, uow)


def _score(survey: Survey, data: str, language: str | None) -> Question:
    said = pressed_score(data)
    if said is None or survey.asked_at is None:
        return NothingAsked(language)
    return ScoreAsked(language, said[1].value, survey.score)


async def _offer(offer: Offer, data: str, language: str | None, uow: UnitOfWork) -> Question:
    said = pressed_answer(data)
    if said is None or offer.answer is not None:
        return NothingAsked(language, offer.answer)
    if not stands(offer, await uow.tickets.get(offer.ticket_id)):
        return NothingAsked(language)
    message = await uow.messages.lock(offer.message_id)
    return OfferAsked(language, message.text, said[1])


async def _cannot_answer(conversation: Conversation, uow: UnitOfWork) -> bool:
    return conversation.is_group or await uow.senders.is_blocked(conversation.channel, conversation.address)
