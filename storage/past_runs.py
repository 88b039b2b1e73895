"""Runs of the past with what they were last decided by, for trying out another policy: streamed, the newest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import Integer, Select, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.types import Text, Uuid

from storage.database import Session
from storage.tables import run, run_step, ticket
from storage.work.runs import run_of, step_of
from ticketing.resolution.run import Run, Step
from ticketing.resolution.trial import PastRun

_PAGE = 200  # runs: what each was decided by is some thousand characters

NEWEST = (
    select(*(run.c[field.name] for field in fields(Run)), ticket.c.number)
    .join(ticket, ticket.c.id == run.c.ticket_id)
    .order_by(run.c.begun_at.desc(), run.c.id.desc())
    .limit(bindparam("last", type_=Integer))
)
NEWEST_OF_TYPE = NEWEST.where(run.c.type == bindparam("kind", type_=Text))
_DECIDED = (
    select(*(run_step.c[field.name] for field in fields(Step)))
    .ext(distinct_on(run_step.c.run_id))
    .where(
        run_step.c.run_id == any_(bindparam("runs", type_=ARRAY(Uuid))),
        run_step.c.kind == literal_column("'decide'"),
    )
    .order_by(run_step.c.run_id, run_step.c.place.desc())
)


def _count(of_type: bool) -> "Select[int]":
    some = select(run.c.id).order_by(run.c.begun_at.desc()).limit(bindparam("last", type_=Integer))
    if of_type:
        some = some.where(run.c.type == bindparam("kind", type_=Text))
    return select(func.count()).select_from(some.subquery())


_COUNTS = {of_type: _count(of_type) for of_type in (True, False)}


async def count_past_runs(session: Session, last: int, *, kind: str | None) -> int:
    """How many `past_runs` gives; it reads no more than that."""
    asked = {"last": last} | ({"kind": kind} if kind is not None else {})
    return int((await session.execute(_COUNTS[kind is not None], asked)).scalar() or 0)


async def past_runs(session: Session, last: int, *, kind: str | None = None) -> AsyncIterator[Sequence[PastRun]]:
    """The last so many, of this type of ticket or of all, some at a time. Only inside a transaction."""
    asked = {"last": last} | ({"kind": kind} if kind is not None else {})
    async for page in session.pages(NEWEST if kind is None else NEWEST_OF_TYPE, asked, size=_PAGE):
        decided: dict[UUID, Step] = {}
        for row in await session.execute(_DECIDED, {"runs": [row.id for row in page]}):
            decided[row.run_id] = step_of(row)
        yield [PastRun(run_of(row), row.number, decided.get(row.id)) for row in page]
