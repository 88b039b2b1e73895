"""Tickets that rules handed to people, and when rules are looked at again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import escalation, escalation_rule, escalation_watch
from ticketing.escalation.brief import Brief, Course
from ticketing.escalation.escalation import Escalation, Watched
from ticketing.playbook.sla_policy import Audience
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Sentiment

_TICKET = bindparam("ticket", type_=Uuid)
_WATCHED = text("""
    SELECT (SELECT look_at FROM escalation_watch WHERE ticket_id = :ticket) AS look_at,
        (SELECT array_agg(rule) FROM escalation_rule WHERE ticket_id = :ticket) AS standing
""").bindparams(_TICKET)
_WATCH = upsert(escalation_watch).on_conflict_do_update(
    index_elements=[escalation_watch.c.ticket_id], set_={"look_at": bindparam("again")}
)
_FORGET = delete(escalation_watch).where(escalation_watch.c.ticket_id == _TICKET)
_DUE = (
    select(escalation_watch.c.ticket_id)
    .where(escalation_watch.c.look_at <= bindparam("now", type_=DateTime(timezone=True)))
    .order_by(escalation_watch.c.look_at, escalation_watch.c.ticket_id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_ADD = insert(escalation)
_STAND = insert(escalation_rule)
_END = delete(escalation_rule).where(
    escalation_rule.c.ticket_id == _TICKET, escalation_rule.c.rule == any_(bindparam("rules", type_=ARRAY(Text)))
)
_GET = select(escalation).where(escalation.c.id == bindparam("escalation", type_=Uuid))
_BRIEF_ANEW = text("""
    UPDATE escalation SET brief = :brief
    WHERE id = (SELECT id FROM escalation WHERE ticket_id = :ticket ORDER BY at DESC LIMIT 1) AND brief <> :brief
    RETURNING id
""").bindparams(_TICKET, bindparam("brief", type_=JSONB))
# Of the room only the newest messages, whose ids grow with time: a ticket of a thousand costs no more.
_COURSE = text("""
    SELECT
        (SELECT jsonb_build_array(summary, sentiment) FROM ai_context WHERE ticket_id = :ticket
         ORDER BY at LIMIT 1) AS first,
        (SELECT summary FROM ai_context WHERE ticket_id = :ticket ORDER BY at DESC LIMIT 1) AS last_summary,
        (SELECT count(*) FROM (SELECT FROM ai_context WHERE ticket_id = :ticket LIMIT 100) AS contexts) AS understood,
        (SELECT array_agg(field ORDER BY field) FROM field_source
         WHERE field_source.ticket_id = :ticket AND confirmed_at IS NULL
             AND source IN ('entity', 'intent', 'sentiment', 'ai')) AS filled,
        (SELECT label FROM approval WHERE approval.ticket_id = :ticket AND state = 'waiting'
         ORDER BY requested_at, id LIMIT 1) AS waits_for,
        (SELECT jsonb_agg(jsonb_build_array(name, outcome, amount::text) ORDER BY place) FROM run_step
         WHERE kind = 'act' AND run_id = (
             SELECT id FROM run WHERE run.ticket_id = :ticket ORDER BY begun_at DESC LIMIT 1
         )) AS acts,
        said.replies,
        CASE WHEN said.wrote_at > coalesce(said.answered_at, '-infinity') THEN said.wrote_at END AS unanswered_since
    FROM (
        SELECT count(*) FILTER (WHERE NOT theirs) AS replies, max(at) FILTER (WHERE NOT theirs) AS answered_at,
            max(at) FILTER (WHERE theirs) AS wrote_at
        FROM (
            SELECT message.at, message.direction = 'in' AS theirs
            FROM (
                SELECT message_id, concerns FROM room_entry
                WHERE room_entry.ticket_id = :ticket AND message_id IS NOT NULL AND moved_to IS NULL
                ORDER BY message_id DESC LIMIT 100
            ) AS newest
            JOIN message ON message.id = newest.message_id
            WHERE CASE WHEN message.direction = 'in' THEN newest.concerns
                ELSE message.delivery NOT IN ('withdrawn', 'failed') AND newest.concerns END
        ) AS lately
    ) AS said
""").bindparams(_TICKET)


class Escalations:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def watched(self, ticket_id: UUID) -> Watched:
        row = (await self._session.execute(_WATCHED, {"ticket": ticket_id})).one()
        return Watched(frozenset(row.standing or ()), row.look_at)

    async def watch(self, ticket_id: UUID, look_at: datetime | None) -> None:
        if look_at is None:
            await self._session.execute(_FORGET, {"ticket": ticket_id})
        else:
            await self._session.execute(_WATCH, {"ticket_id": ticket_id, "look_at": look_at, "again": look_at})

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        found = await self._session.execute(_DUE, {"now": now, "most": most, "skip": skip})
        return [row.ticket_id for row in found]

    async def add(self, new: Escalation, rules: Collection[str]) -> None:
        await self._session.execute(_ADD, _row(new))
        standing = [{"ticket_id": new.ticket_id, "rule": rule, "escalation_id": new.id} for rule in rules]
        await self._session.execute_many(_STAND, standing)

    async def end(self, ticket_id: UUID, rules: Collection[str]) -> None:
        await self._session.execute(_END, {"ticket": ticket_id, "rules": list(rules)})

    async def get(self, escalation_id: UUID) -> Escalation:
        row = (await self._session.execute(_GET, {"escalation": escalation_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such escalation.")
        return escalation_of(row)

    async def brief_anew(self, ticket_id: UUID, brief: Brief) -> bool:
        asked = {"ticket": ticket_id, "brief": asdict(brief)}
        return (await self._session.execute(_BRIEF_ANEW, asked)).one_or_none() is not None

    async def course(self, ticket_id: UUID) -> Course:
        row = (await self._session.execute(_COURSE, {"ticket": ticket_id})).one()
        first_summary, then = row.first or ("", None)
        return Course(
            first_summary,
            row.last_summary or "",
            Sentiment(then) if then else None,
            row.understood,
            tuple(row.filled or ()),
            row.replies,
            row.unanswered_since,
            row.waits_for,
            tuple((action, outcome, amount) for action, outcome, amount in row.acts or ()),
        )


def _row(new: Escalation) -> dict[str, object]:
    return {
        "id": new.id,
        "ticket_id": new.ticket_id,
        "at": new.at,
        "trigger": new.trigger.value,
        "because": list(new.because),
        "notify": sorted(new.notify),
        "sentiment_then": new.sentiment_then.value if new.sentiment_then else None,
        "sentiment": new.sentiment.value if new.sentiment else None,
        "brief": asdict(new.brief),
    }


def escalation_of(row: Row) -> Escalation:
    """Of a row with the columns of the table."""
    return Escalation(
        row.id,
        row.ticket_id,
        row.at,
        Trigger(row.trigger),
        tuple(row.because),
        frozenset(map(Audience, row.notify)),
        Sentiment(row.sentiment_then) if row.sentiment_then else None,
        Sentiment(row.sentiment) if row.sentiment else None,
        brief_of(row.brief),
    )


def brief_of(kept: Mapping[str, Any]) -> Brief:
    """As it is stored."""
    return Brief(kept["wants"], kept["lately"], tuple(kept["done"]), tuple(kept["missing"]), kept["suggested"])
