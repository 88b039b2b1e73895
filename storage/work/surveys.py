"""Surveys, for the use cases that plan, ask and take answers."""

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import conversation, customer, survey, triage
from ticketing.surveys.survey import Survey, SurveyState

_SELECT = select(*(survey.c[field.name] for field in fields(Survey)))
_ADD = insert(survey).on_conflict_do_nothing(index_elements=[survey.c.ticket_id, survey.c.resolved_at])
_GET = _SELECT.where(survey.c.id == bindparam("survey"))
_LOCK = _GET.with_for_update(key_share=True)
_LOCK_ASKED = (
    _SELECT.where(
        survey.c.conversation_id == bindparam("conversation"),
        survey.c.state == literal_column("'asked'"),  # as a parameter it would not meet its index
        survey.c.asked_at > bindparam("since"),
    )
    .order_by(survey.c.asked_at.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_CHANGING = ("state", "why", "message_id", "asked_at", "score", "comment", "answered_at")
_SAVE = (
    update(survey)
    .where(survey.c.id == bindparam("survey"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_ASKED_SINCE = (
    select(survey.c.id)
    .where(survey.c.customer_id == bindparam("customer"), survey.c.asked_at > bindparam("since"))
    .limit(1)
)
_UNDERSTOOD = (
    select(func.jsonb_extract_path_text(triage.c.suggestion, literal_column("'language'")))
    .where(triage.c.conversation_id == conversation.c.id)
    .order_by(triage.c.at.desc())
    .limit(1)
    .scalar_subquery()
)
_LANGUAGE = (
    select(func.coalesce(customer.c.language, _UNDERSTOOD))
    .select_from(conversation)
    .join(customer, customer.c.id == conversation.c.customer_id)
    .where(conversation.c.id == bindparam("conversation"))
)


def _survey(row: Row) -> Survey:
    values = row.as_dict()
    return Survey(**values | {"state": SurveyState(values["state"])})


class Surveys:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, planned: Survey) -> bool:
        values = {field.name: getattr(planned, field.name) for field in fields(Survey)}
        return (await self._session.execute(_ADD, values | {"state": planned.state.value})).rowcount == 1

    async def get(self, survey_id: UUID) -> Survey | None:
        row = (await self._session.execute(_GET, {"survey": survey_id})).one_or_none()
        return _survey(row) if row else None

    async def lock(self, survey_id: UUID) -> Survey:
        row = (await self._session.execute(_LOCK, {"survey": survey_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such survey.")
        return _survey(row)

    async def lock_asked(self, conversation_id: UUID, *, since: datetime) -> Survey | None:
        asked = {"conversation": conversation_id, "since": since}
        row = (await self._session.execute(_LOCK_ASKED, asked)).one_or_none()
        return _survey(row) if row else None

    async def save(self, changed: Survey) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
        await self._session.execute(_SAVE, {"survey": changed.id} | new | {"new_state": changed.state.value})

    async def asked_since(self, customer_id: UUID, since: datetime) -> bool:
        asked = {"customer": customer_id, "since": since}
        return (await self._session.execute(_ASKED_SINCE, asked)).one_or_none() is not None

    async def language_of(self, conversation_id: UUID) -> str | None:
        found: str | None = (await self._session.execute(_LANGUAGE, {"conversation": conversation_id})).scalar()
        return found
