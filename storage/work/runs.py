"""Runs of the AI over tickets, for the use cases that work on them. A run is changed only by who has its ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.types import Date, DateTime, Integer, Numeric, Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.queries.run_numbers import run_numbers
from storage.tables import run, run_step
from storage.work.run_rows import ADD, IS_OPEN, SAVE, added_row, saved_row
from ticketing.playbook.resolving import UNLIMITED, Autonomy, Budget
from ticketing.resolution.numbers import RunNumbers
from ticketing.resolution.ports import Earlier, RunMovedOn, Spent, SpentMeanwhile
from ticketing.resolution.run import Run, RunState, Step, StepKind, StepState

# As a parameter it would not meet its index.
_IS_WAITING = run.c.state == literal_column(f"'{RunState.WAITING_FOR_APPROVAL}'")
_RUN = select(*(run.c[field.name] for field in fields(Run)))
_GET = _RUN.where(run.c.id == bindparam("run"))
_OPEN_OF = _RUN.where(run.c.ticket_id == bindparam("ticket"), IS_OPEN)
_NEWEST_OF = _RUN.where(run.c.ticket_id == bindparam("ticket")).order_by(run.c.begun_at.desc()).limit(1)
_WAITING_FOR = _RUN.where(run.c.approval_id == bindparam("approval"), _IS_WAITING).limit(1)

_STEP = select(*(run_step.c[field.name] for field in fields(Step)))
_STEPS = _STEP.where(run_step.c.run_id == bindparam("run")).order_by(run_step.c.place)
_WITH_STEPS = (
    select(
        *(run.c[field.name] for field in fields(Run)),
        *(run_step.c[field.name].label(f"step_{field.name}") for field in fields(Step)),
    )
    .select_from(run.outerjoin(run_step, run_step.c.run_id == run.c.id))
    .where(run.c.id == bindparam("run"))
    .order_by(run_step.c.place)
)
_EARLIER = text("""
    SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount,
        coalesce(array_agg(DISTINCT currency) FILTER (WHERE amount IS NOT NULL), '{}') AS currencies
    FROM (
        SELECT amount, coalesce(upper(btrim(inputs -> 'arguments' ->> 'currency')), '') AS currency FROM run_step
        WHERE customer_id = :customer AND name = :action AND begun_at >= :since
            AND kind = 'act' AND (state = 'begun' OR outcome IN ('done', 'unknown')) AND run_id <> :but
        UNION ALL
        SELECT amount, currency FROM hand_act
        WHERE customer_id = :customer AND action = :action AND begun_at >= :since
            AND (outcome IS NULL OR outcome IN ('done', 'unknown')) AND call_id <> :but
    ) AS made
""").bindparams(
    bindparam("customer", type_=Uuid),
    bindparam("action", type_=Text),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("but", type_=Uuid),
)
_SPENT = text("""
    SELECT coalesce(spending.runs, 0) AS runs, coalesce(spending.amount, 0) AS amount,
        (SELECT count(*) FROM (SELECT FROM run WHERE ticket_id = :ticket LIMIT 1000) AS these) AS ticket_runs,
        (SELECT coalesce(sum(model_call.cost), 0)
            FROM run JOIN model_call ON model_call.run_id = run.id WHERE run.ticket_id = :ticket) AS ticket_cost
    FROM (SELECT) AS one LEFT JOIN run_spending AS spending ON spending.type = :type AND spending.month = :month
""").bindparams(bindparam("type", type_=Text), bindparam("month", type_=Date), bindparam("ticket", type_=Uuid))
# Whoever comes second waits for the row, and is then held against what it says by then: nobody spends the last twice.
_SPEND = text("""
    INSERT INTO run_spending (type, month, runs, amount)
    SELECT :type, :month, :runs, :amount
    WHERE (:most_runs IS NULL OR :runs <= :most_runs) AND (:most_amount IS NULL OR :amount <= :most_amount)
    ON CONFLICT (type, month)
        DO UPDATE SET runs = run_spending.runs + excluded.runs, amount = run_spending.amount + excluded.amount
        WHERE (:most_runs IS NULL OR run_spending.runs + excluded.runs <= :most_runs)
            AND (:most_amount IS NULL OR run_spending.amount + excluded.amount <= :most_amount)
    RETURNING runs
""").bindparams(
    bindparam("type", type_=Text),
    bindparam("month", type_=Date),
    bindparam("runs", type_=Integer),
    bindparam("amount", type_=Numeric),
    bindparam("most_runs", type_=Integer),
    bindparam("most_amount", type_=Numeric),
)


def run_of(row: Row) -> Run:
    """A row of the table as a value."""
    kinds = {"autonomy": Autonomy(row["autonomy"]), "state": RunState(row["state"])}
    return Run(**{field.name: row[field.name] for field in fields(Run)} | kinds)


def step_of(row: Row | Mapping[str, Any]) -> Step:
    """The same of a step."""
    kinds = {"kind": StepKind(row["kind"]), "state": StepState(row["state"])}
    return Step(**{field.name: row[field.name] for field in fields(Step)} | kinds)


class Runs:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: set[UUID] = set()  # in this transaction: until it ends, nobody finds anything to show
        self._spending: list[dict[str, Any]] = []

    async def add(self, new: Run) -> bool:
        shows = self._is_to_be_shown(new)
        added = bool((await self._session.execute(ADD, added_row(new, shows=shows))).scalar())
        if added and shows:
            self._shown.add(new.id)
        return added

    async def get(self, run_id: UUID) -> Run:
        row = (await self._session.execute(_GET, {"run": run_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such run.")
        return run_of(row)

    async def open_of(self, ticket_id: UUID) -> Run | None:
        row = (await self._session.execute(_OPEN_OF, {"ticket": ticket_id})).one_or_none()
        return run_of(row) if row else None

    async def newest_of(self, ticket_id: UUID) -> Run | None:
        row = (await self._session.execute(_NEWEST_OF, {"ticket": ticket_id})).one_or_none()
        return run_of(row) if row else None

    async def waiting_for(self, approval_id: UUID) -> Run | None:
        row = (await self._session.execute(_WAITING_FOR, {"approval": approval_id})).one_or_none()
        return run_of(row) if row else None

    async def steps(self, run_id: UUID) -> Sequence[Step]:
        return [step_of(row) for row in await self._session.execute(_STEPS, {"run": run_id})]

    async def with_steps(self, run_id: UUID) -> tuple[Run, Sequence[Step]]:
        rows = (await self._session.execute(_WITH_STEPS, {"run": run_id})).all()
        if not rows:
            raise NotFound("There is no such run.")
        steps = [{field.name: row[f"step_{field.name}"] for field in fields(Step)} for row in rows]
        return run_of(rows[0]), [step_of(step) for step in steps if step["run_id"] is not None]

    async def save(self, changed: Run, steps: Sequence[Step] = ()) -> Run:
        counted = replace(changed, steps=max([changed.steps, *(step.place + 1 for step in steps)]))
        shows = self._is_to_be_shown(counted)
        if not (await self._session.execute(SAVE, saved_row(counted, steps, shows=shows))).scalar():
            raise RunMovedOn("Somebody else has worked on this run meanwhile.")
        if shows:
            self._shown.add(changed.id)
        return replace(counted, version=changed.version + 1)

    def _is_to_be_shown(self, run: Run) -> bool:
        return run.autonomy is not Autonomy.SHADOW and run.id not in self._shown

    async def earlier(self, customer_id: UUID, action: str, *, since: datetime, but: UUID) -> Earlier:
        asked = {"customer": customer_id, "action": action, "since": since, "but": but}
        found = (await self._session.execute(_EARLIER, asked)).one()
        return Earlier(found["count"], found["amount"], frozenset(found["currencies"]))

    async def spent(self, type_key: str, ticket_id: UUID, *, at: datetime) -> Spent:
        asked = {"type": type_key, "month": _month(at), "ticket": ticket_id}
        found = (await self._session.execute(_SPENT, asked)).one()
        return Spent(found.runs, found.amount, found.ticket_runs, Decimal(found.ticket_cost).scaleb(-6))

    def spend(
        self, type_key: str, *, at: datetime, runs: int = 0, amount: Decimal = Decimal(0), within: Budget = UNLIMITED
    ) -> None:
        more = {"type": type_key, "month": _month(at), "runs": runs, "amount": amount}
        most_runs = within.runs_per_month if runs > 0 else None
        most_amount = within.amount_per_month if amount > 0 else None
        self._spending.append(more | {"most_runs": most_runs, "most_amount": most_amount})

    async def keep_spending(self) -> None:
        """Write down what was spent. Last of all in the transaction: every run of the type waits for this row.

        Raises SpentMeanwhile.
        """
        for more in sorted(self._spending, key=lambda each: (each["type"], each["month"])):
            if (await self._session.execute(_SPEND, more)).scalar() is None:
                raise SpentMeanwhile("Somebody else has spent what was left of the budget.")
        self._spending.clear()

    async def numbers(self, *, at: datetime) -> RunNumbers:
        return await run_numbers(self._session, at=at)


def _month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)
