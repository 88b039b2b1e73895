"""Calls of actions that people ask for. `storage/prune.py` forgets them; what counts for caps stays."""

from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select, update

from core.errors import NotFound
from storage.database import Session
from storage.jsonb import storable, storable_text
from storage.tables import hand_act, hand_call
from threadline import OutcomeKind
from ticketing.resolution.hand_calls import HandCall

_COLUMNS = [hand_call.c[field.name] for field in fields(HandCall)]
_ADD = hand_call.insert()
_LOCK = select(*_COLUMNS).where(hand_call.c.id == bindparam("call")).with_for_update()
_CHANGING = ("form", "begun_at", "job", "outcome", "words", "value")
_SAVE = (
    update(hand_call)
    .where(hand_call.c.id == bindparam("call"))
    .values({name: bindparam(f"new_{name}", type_=hand_call.c[name].type) for name in _CHANGING})
)
_BEGIN_WRITE = hand_act.insert()
_END_WRITE = update(hand_act).where(hand_act.c.call_id == bindparam("call")).values(outcome=bindparam("new_outcome"))


class HandCalls:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, asked: HandCall) -> None:
        values = {field.name: getattr(asked, field.name) for field in fields(asked)}
        await self._session.execute(
            _ADD, values | {"arguments": storable(dict(asked.arguments)), "form": dict(asked.form)}
        )

    async def lock(self, call_id: UUID) -> HandCall:
        row = (await self._session.execute(_LOCK, {"call": call_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such call.")
        found = HandCall(*row)
        return replace(found, outcome=OutcomeKind(found.outcome) if found.outcome is not None else None)

    async def save(self, call: HandCall) -> None:
        told = {
            "new_form": dict(call.form),
            "new_begun_at": call.begun_at,
            "new_job": call.job,
            "new_outcome": call.outcome.value if call.outcome is not None else None,
            "new_words": storable_text(call.words),
            "new_value": storable(call.value),
        }
        await self._session.execute(_SAVE, {"call": call.id, **told})

    async def begin_write(
        self, call: HandCall, customer_id: UUID, *, amount: Decimal | None, currency: str, at: datetime
    ) -> None:
        values = {
            "call_id": call.id,
            "ticket_id": call.ticket_id,
            "customer_id": customer_id,
            "action": call.action,
            "begun_at": at,
            "amount": amount,
            "currency": storable_text(currency),
            "outcome": None,
        }
        await self._session.execute(_BEGIN_WRITE, values)

    async def end_write(self, call: HandCall, outcome: OutcomeKind) -> None:
        await self._session.execute(_END_WRITE, {"call": call.id, "new_outcome": outcome.value})
