"""A survey as a value, and the pure rules about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.messages import Button

ANSWERABLE = timedelta(days=3)  # after it, a bare number from the customer may mean anything
LOW = 2  # this score and worse: somebody should look
BEST = 5


class SurveyState(StrEnum):
    PLANNED = "planned"
    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"  # `why`


@dataclass(frozen=True, slots=True)
class Survey:
    """One question about one resolved ticket. `agent_id` and `team_id` had the ticket when it was resolved."""

    id: UUID
    ticket_id: UUID
    conversation_id: UUID
    customer_id: UUID
    channel: str
    agent_id: UUID | None
    team_id: UUID | None
    resolved_at: datetime
    due_at: datetime
    state: SurveyState = SurveyState.PLANNED
    why: str | None = None  # it was not asked
    message_id: UUID | None = None  # that asked
    asked_at: datetime | None = None
    score: int | None = None  # 1 (bad) to 5 (great)
    comment: str | None = None
    answered_at: datetime | None = None
    always: bool = False  # the playbook asks, whether or not the desk asks about every ticket


@dataclass(frozen=True, slots=True)
class Score:
    """What a customer answered."""

    value: int
    comment: str | None = None


def answered(survey: Survey, score: Score, at: datetime) -> Survey:
    """The survey after an answer of this instant. One from before the newest changes nothing."""
    if survey.answered_at is not None and at < survey.answered_at:
        return survey
    comment = score.comment or survey.comment
    return replace(survey, state=SurveyState.ANSWERED, score=score.value, comment=comment, answered_at=at)


def stars(score: int) -> str:
    """ "⭐⭐⭐⭐☆ 4/5"."""
    return f"{'⭐' * score}{'☆' * (BEST - score)} {score}/{BEST}"


_PREFIX = "csat"


def buttons(survey_id: UUID) -> tuple[Button, ...]:
    """One for each score. Their data stays below 64 bytes, which is the least that a channel takes."""
    return tuple(Button(f"{score} ⭐", data_of(survey_id, score)) for score in range(1, BEST + 1))


def data_of(survey_id: UUID, score: int) -> str:
    """What the button of this score sends."""
    return f"{_PREFIX}:{survey_id}:{score}"


def pressed_score(data: str) -> tuple[UUID, Score] | None:
    """What one of these buttons says; None: it is none of them."""
    prefix, _, rest = data.partition(":")
    survey_id, _, score = rest.partition(":")
    if prefix != _PREFIX or score not in {str(value) for value in range(1, BEST + 1)}:
        return None
    try:
        return UUID(survey_id), Score(int(score))
    except ValueError:
        return None
