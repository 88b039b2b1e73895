"""Take a customer's answer to a survey: by a button, or by a bare number where there are none."""

from datetime import datetime

from core.messages import Inbound
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.people.actor import customer_acting
from ticketing.ports import UnitOfWork
from ticketing.surveys.score import score_in
from ticketing.surveys.survey import ANSWERABLE, Score, Survey, answered, pressed_score
from ticketing.tickets.events import SurveyAnswered

Answer = tuple[Survey, Score]


async def answer_of_press(data: str, conversation: Conversation, *, uow: UnitOfWork) -> Answer | None:
    """The survey, locked after the conversation it belongs to. None: no button of a survey of theirs.

    Nobody answers for a group: it may have been asked before anybody knew that it is one.
    """
    if conversation.is_group:
        return None
    said = pressed_score(data)
    known = await uow.surveys.get(said[0]) if said else None
    if said is None or known is None or known.conversation_id != conversation.id or known.asked_at is None:
        return None
    return await uow.surveys.lock(known.id), said[1]


async def answer_of_message(
    inbound: Inbound, conversation: Conversation, *, uow: UnitOfWork, at: datetime
) -> Answer | None:
    """What a message answers that was received at this instant, in its locked conversation as it was before it.

    A number counts as long as nobody of the desk has written to them since the question: then it may answer that.
    """
    if inbound.pressed is not None:
        return await answer_of_press(inbound.pressed, conversation, uow=uow)
    score = score_in(inbound.text)
    if score is None or inbound.files or conversation.is_group:
        return None
    survey = await uow.surveys.lock_asked(conversation.id, since=at - ANSWERABLE)
    if survey is None or survey.asked_at is None or at < survey.asked_at:
        return None
    meanwhile = await uow.messages.replied_since(conversation.id, survey.asked_at, but=None)
    return (survey, score) if meanwhile is None else None


async def keep_answer(
    answer: Answer, conversation: Conversation, *, at: datetime, uow: UnitOfWork, now: datetime
) -> None:
    """Store it, with the ticket, agent and team it is about. The newest one counts; each is recorded."""
    survey, score = answer
    after = answered(survey, score, at)
    if after == survey:
        return
    await uow.surveys.save(after)
    customer = customer_acting(conversation.customer_id, "Customer")
    told = Record("survey.answered", customer, now, {"score": survey.score}, {"score": score.value})
    await uow.activity.append(Stream("ticket", survey.ticket_id), [told])
    uow.emit(SurveyAnswered(ticket_id=survey.ticket_id, at=now))
