"""How far the AI goes with a type: its moves, and the cases that it is measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import autonomy_case, autonomy_move, run, ticket
from storage.work.runs import run_of
from ticketing.approvals.approval import ApprovalState
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.levels import Afterwards, Case, How, Move, Sign
from ticketing.resolution.score import Held

_MOVE = select(*(autonomy_move.c[field.name] for field in fields(Move)))
_OF_TYPE = (
    _MOVE.where(autonomy_move.c.type == bindparam("type"))
    .order_by(autonomy_move.c.place.desc())
    .limit(bindparam("most", type_=Integer))
)
_GET = _MOVE.where(autonomy_move.c.id == bindparam("move"))
_ADD = insert(autonomy_move)


def _lock(function: str, what: str) -> Any:
    statement = f"SELECT {function}(hashtextextended('{what}:' || :type, 0))"
    return text(statement).bindparams(bindparam("type", type_=Text))


# Locks and no row's: what is read after them is as of then, and whoever waits longest is next.
_STAY = _lock("pg_advisory_xact_lock_shared", "autonomy")
_HOLD = _lock("pg_advisory_xact_lock", "autonomy")
_COUNT_ALONE = _lock("pg_advisory_xact_lock", "autonomy_counted")

_CASE = (
    select(
        autonomy_case.c.run_id,
        run.c.ticket_id,
        ticket.c.number.label("ticket"),
        *(autonomy_case.c[name] for name in ("type", "place", "level", "at", "sign")),
    )
    .join(run, run.c.id == autonomy_case.c.run_id)
    .join(ticket, ticket.c.id == run.c.ticket_id)
)
_CASE_OF = _CASE.where(autonomy_case.c.run_id == bindparam("run"))
_NEWEST = (
    _CASE.where(
        autonomy_case.c.type == bindparam("type"),
        autonomy_case.c.place == bindparam("place"),
        autonomy_case.c.level == bindparam("level"),
        autonomy_case.c.at <= bindparam("by", type_=DateTime(timezone=True)),
    )
    .order_by(autonomy_case.c.at.desc())
    .limit(bindparam("most", type_=Integer))
)
_KEEP = insert(autonomy_case)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=[autonomy_case.c.run_id],
    set_={name: _KEEP.excluded[name] for name in ("place", "level", "at", "sign")},
)

# Each part is a look into an index, for one ticket; of its runs and its record only the end is read, however long.
_AFTERWARDS = text("""
    WITH latest AS (
        SELECT run.*, EXISTS (
            SELECT FROM run_step WHERE run_step.run_id = run.id AND kind = 'act' AND outcome = 'done'
        ) AS acted
        FROM (SELECT * FROM run WHERE ticket_id = :ticket ORDER BY begun_at DESC LIMIT 10) AS run
    )
    SELECT run.*, ticket.number, ticket.type AS ticket_type, ticket.fields AS ticket_fields,
        ticket.discarded_at IS NOT NULL AS is_discarded, ticket.status_category IN ('resolved', 'closed') AS is_settled,
        approval.state AS approval_state,
        (
            SELECT outcome FROM run_step
            WHERE run_step.run_id = run.id AND kind = 'decide' ORDER BY place DESC LIMIT 1
        ) AS ruling,
        EXISTS (
            SELECT FROM run_step WHERE run_step.run_id = run.id AND kind = 'agreed' AND outcome = 'turned_down'
        ) AS turned_down,
        ARRAY(
            SELECT field FROM field_source WHERE field_source.ticket_id = ticket.id AND confirmed_by IS NOT NULL
        ) AS by_people,
        coalesce(since.moves, '{}') AS moves, coalesce(since.is_retyped, false) AS is_retyped,
        coalesce((
            SELECT place FROM autonomy_move
            WHERE autonomy_move.type = run.type AND autonomy_move.at < run.begun_at ORDER BY place DESC LIMIT 1
        ), 0) AS place
    FROM (SELECT DISTINCT ON (acted) * FROM latest ORDER BY acted, begun_at DESC) AS run
    JOIN ticket ON ticket.id = run.ticket_id
    LEFT JOIN approval ON approval.id = run.approval_id
    LEFT JOIN LATERAL (
        SELECT bool_or(kind = 'type.changed') AS is_retyped,
            array_agg(ARRAY[before ->> 'status', after ->> 'status'] ORDER BY seq DESC)
                FILTER (WHERE kind = 'status.changed') AS moves
        FROM (
            SELECT kind, actor_kind, at, before, after, seq FROM activity
            WHERE stream_kind = 'ticket' AND stream_id = ticket.id ORDER BY seq DESC LIMIT 200
        ) AS recorded
        WHERE actor_kind = 'agent' AND at > run.ended_at
    ) AS since ON true
    WHERE run.acted OR run.begun_at = (SELECT max(begun_at) FROM latest)
    ORDER BY run.begun_at DESC
""").bindparams(bindparam("ticket", type_=Uuid))


class Levels:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def newest(self, type_key: str) -> Move | None:
        return next(iter(await self.of(type_key, most=1)), None)

    async def get(self, move_id: UUID) -> Move:
        row = (await self._session.execute(_GET, {"move": move_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such move.")
        return _move(row)

    async def of(self, type_key: str, *, most: int) -> Sequence[Move]:
        return [_move(row) for row in await self._session.execute(_OF_TYPE, {"type": type_key, "most": most})]

    async def add(self, move: Move) -> None:
        values = {field.name: getattr(move, field.name) for field in fields(Move)}
        kinds = {"was": move.was.value, "level": move.level.value, "how": move.how.value}
        await self._session.execute(_ADD, values | kinds | {"cases": [_as_json(each) for each in move.cases]})

    async def stay(self, type_key: str) -> None:
        await self._session.execute(_STAY, {"type": type_key})

    async def hold(self, type_key: str) -> None:
        await self._session.execute(_HOLD, {"type": type_key})

    async def count_alone(self, type_key: str) -> None:
        await self._session.execute(_COUNT_ALONE, {"type": type_key})

    async def afterwards(self, ticket_id: UUID) -> Sequence[Afterwards]:
        return [_afterwards(row) for row in await self._session.execute(_AFTERWARDS, {"ticket": ticket_id})]

    async def case(self, run_id: UUID) -> Case | None:
        row = (await self._session.execute(_CASE_OF, {"run": run_id})).one_or_none()
        return _case(row) if row else None

    async def keep(self, case: Case) -> None:
        kinds = {"level": case.level.value, "sign": case.sign.value}
        plain = {"run_id": case.run_id, "type": case.type, "place": case.place, "at": case.at}
        await self._session.execute(_KEEP, plain | kinds)

    async def cases(self, type_key: str, *, place: int, level: Autonomy, at: datetime, most: int) -> Sequence[Case]:
        asked = {"type": type_key, "place": place, "level": level.value, "by": at, "most": most}
        return [_case(row) for row in await self._session.execute(_NEWEST, asked)]


def _afterwards(row: Row) -> Afterwards:
    return Afterwards(
        Held(run_of(row), row["ruling"], row["ticket_fields"], row["is_settled"], row["is_discarded"]),
        row["number"],
        row["ticket_type"],
        frozenset(row["by_people"]),
        row["acted"],
        ApprovalState(row["approval_state"]) if row["approval_state"] else None,
        row["turned_down"],
        tuple((origin, to) for origin, to in row["moves"]),
        row["place"],
        row["is_retyped"],
    )


def _case(row: Row) -> Case:
    plain = (row["run_id"], row["ticket_id"], row["ticket"], row["type"], row["place"])
    return Case(*plain, Autonomy(row["level"]), row["at"], Sign(row["sign"]))


def _move(row: Row) -> Move:
    kinds = {"was": Autonomy(row["was"]), "level": Autonomy(row["level"]), "how": How(row["how"])}
    cases = {"cases": tuple(_from_json(each) for each in row["cases"])}
    return Move(**{field.name: row[field.name] for field in fields(Move)} | kinds | cases)


def _as_json(case: Case) -> Mapping[str, Any]:
    ids = {"run_id": str(case.run_id), "ticket_id": str(case.ticket_id), "ticket": case.ticket}
    told = {"level": case.level.value, "at": case.at.isoformat(), "sign": case.sign.value}
    return ids | {"type": case.type, "place": case.place} | told


def _from_json(kept: Mapping[str, Any]) -> Case:
    return Case(
        UUID(kept["run_id"]),
        UUID(kept["ticket_id"]),
        kept["ticket"],
        kept["type"],
        kept["place"],
        Autonomy(kept["level"]),
        datetime.fromisoformat(kept["at"]),
        Sign(kept["sign"]),
    )
