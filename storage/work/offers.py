"""Offers, for the use cases that make them and take answers."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Uuid

from storage.database import Row, Session
from storage.tables import offer, ticket
from ticketing.offers.offer import Answer, Offer

_SELECT = select(*(offer.c[field.name] for field in fields(Offer)))
_ADD = insert(offer).on_conflict_do_nothing(index_elements=[offer.c.ticket_id, offer.c.entered_at])
_GET = _SELECT.where(offer.c.id == bindparam("offer"))
_UNANSWERED = (
    _SELECT.join(ticket, ticket.c.id == offer.c.ticket_id)
    .where(
        offer.c.conversation_id == bindparam("conversation"),
        offer.c.answer.is_(None),
        offer.c.made_at > bindparam("since"),
        ticket.c.status == offer.c.status,
        ticket.c.status_since == offer.c.entered_at,
        ticket.c.discarded_at.is_(None),
    )
    .order_by(offer.c.made_at.desc())
    .limit(2)
)
_SAVE = (
    update(offer)
    .where(offer.c.id == bindparam("offer"))
    .values(answer=bindparam("new_answer"), answered_at=bindparam("new_at"))
)
_SENT_AGAIN = (
    update(offer)
    .where(
        offer.c.ticket_id == func.any(bindparam("tickets", type_=ARRAY(Uuid))), offer.c.message_id == bindparam("old")
    )
    .values(message_id=bindparam("new"))
)


def _offer(row: Row) -> Offer:
    values = row.as_dict()
    return Offer(**values | {"answer": Answer(values["answer"]) if values["answer"] else None})


class Offers:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, new: Offer) -> bool:
        values = {field.name: getattr(new, field.name) for field in fields(Offer)}
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def get(self, offer_id: UUID) -> Offer | None:
        row = (await self._session.execute(_GET, {"offer": offer_id})).one_or_none()
        return _offer(row) if row else None

    async def unanswered(self, conversation_id: UUID, *, since: datetime) -> Sequence[Offer]:
        asked = {"conversation": conversation_id, "since": since}
        return [_offer(row) for row in await self._session.execute(_UNANSWERED, asked)]

    async def save(self, changed: Offer) -> None:
        answer = changed.answer.value if changed.answer else None
        new = {"offer": changed.id, "new_answer": answer, "new_at": changed.answered_at}
        await self._session.execute(_SAVE, new)

    async def sent_again(self, message_id: UUID, as_message: UUID, *, tickets: Collection[UUID]) -> None:
        await self._session.execute(_SENT_AGAIN, {"tickets": list(tickets), "old": message_id, "new": as_message})
