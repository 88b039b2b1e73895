"""Runs of the AI over tickets, for the use cases that work on them. A run is changed only by who has its ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select, text, true, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.types import Boolean, Date, DateTime, Integer, Numeric, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Row, Session
from storage.jsonb import storable, storable_text
from storage.queries.run_numbers import run_numbers
from storage.several import by_column, several
from storage.tables import room_entry, run, run_step
from ticketing.playbook.resolving import UNLIMITED, Autonomy, Budget
from ticketing.resolution.numbers import RunNumbers
from ticketing.resolution.ports import Earlier, RunMovedOn, Spent, SpentMeanwhile
from ticketing.resolution.run import OPEN, Run, RunState, Step, StepKind, StepState

# As parameters they would not meet their index.
_IS_OPEN = run.c.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN)])
_IS_WAITING = run.c.state == literal_column(f"'{RunState.WAITING_FOR_APPROVAL}'")
_RUN = select(*(run.c[field.name] for field in fields(Run)))
_ADD = insert(run).on_conflict_do_nothing(index_elements=[run.c.ticket_id], index_where=_IS_OPEN).returning(run.c.id)
_GET = _RUN.where(run.c.id == bindparam("run"))
_OPEN_OF = _RUN.where(run.c.ticket_id == bindparam("ticket"), _IS_OPEN)
_NEWEST_OF = _RUN.where(run.c.ticket_id == bindparam("ticket")).order_by(run.c.begun_at.desc()).limit(1)
_WAITING_FOR = _RUN.where(run.c.approval_id == bindparam("approval"), _IS_WAITING).limit(1)
_STAYS = {"id", "ticket_id", "type", "begun_at", "version"}
_CHANGING = [field.name for field in fields(Run) if field.name not in _STAYS]
_SAVE = (
    update(run)
    .where(run.c.id == bindparam("run"), run.c.version == bindparam("seen"))
    .values(
        {name: bindparam(f"new_{name}", type_=run.c[name].type) for name in _CHANGING} | {"version": run.c.version + 1}
    )
)

# One post of it in its ticket's thread, changed as it gets on; none of a run that only shadows.
_SHOWN = {
    "id": bindparam("entry", type_=Uuid),
    "ticket_id": bindparam("entry_ticket", type_=Uuid),
    "run_id": bindparam("entry_run", type_=Uuid),
    "concerns": true(),
    "at": bindparam("entry_at", type_=DateTime(timezone=True)),
    "needs_showing": true(),
}


def _or_again(shown: Insert) -> Insert:
    return shown.on_conflict_do_update(index_elements=[room_entry.c.run_id], set_={"needs_showing": true()})


_SHOW = _or_again(insert(room_entry).values(_SHOWN))

_STEP = select(*(run_step.c[field.name] for field in fields(Step)))
_STEPS = _STEP.where(run_step.c.run_id == bindparam("run")).order_by(run_step.c.place)
_ENDING = ("state", "outputs", "outcome", "why", "ended_at", "amount")
# The run with its steps and its post, in one way to the database. All hang on the run that is saved: it is locked
# before its post, and where somebody else has saved it meanwhile nothing is kept.
_SAVED = _SAVE.returning(run.c.id).cte("saved")
_NEW_STEPS = several(run_step.c, "step")
_KEEP = insert(run_step).from_select(
    [each.name for each in run_step.c],
    select(*_NEW_STEPS.c).select_from(_NEW_STEPS.join(_SAVED, true())),
    include_defaults=False,
)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=[run_step.c.run_id, run_step.c.place], set_={name: _KEEP.excluded[name] for name in _ENDING}
)
_SHOW_SAVED = insert(room_entry).from_select(
    list(_SHOWN), select(*_SHOWN.values()).select_from(_SAVED).where(bindparam("shows", type_=Boolean))
)
_SAVE_ALL = select(func.count()).select_from(_SAVED).add_cte(_KEEP.cte("kept"), _or_again(_SHOW_SAVED).cte("shown"))

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
        added = (await self._session.execute(_ADD, _values(new))).scalar() is not None
        if added and self._is_to_be_shown(new):
            await self._session.execute(_SHOW, _shown(new))
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

    async def save(self, changed: Run, steps: Sequence[Step] = ()) -> Run:
        counted = replace(changed, steps=max([changed.steps, *(step.place + 1 for step in steps)]))
        new = {f"new_{name}": value for name, value in _values(counted).items() if name in _CHANGING}
        kept = by_column(run_step.c, "step", [_step_values(step, of=changed) for step in steps])
        shows = self._is_to_be_shown(counted)
        this = {"run": changed.id, "seen": changed.version, "shows": shows}
        if not (await self._session.execute(_SAVE_ALL, this | new | kept | _shown(counted))).scalar():
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


def _values(of: Run) -> dict[str, Any]:
    values = {field.name: getattr(of, field.name) for field in fields(Run)}
    arguments = None if of.arguments is None else storable(dict(of.arguments))
    kinds = {"autonomy": of.autonomy.value, "state": of.state.value}
    return values | kinds | {"arguments": arguments, "why": storable_text(of.why)}


def _shown(of: Run) -> dict[str, Any]:
    return {"entry": new_id(), "entry_ticket": of.ticket_id, "entry_run": of.id, "entry_at": of.begun_at}


def _step_values(step: Step, *, of: Run) -> dict[str, Any]:
    values = {field.name: getattr(step, field.name) for field in fields(Step)}
    kinds = {"kind": step.kind.value, "state": step.state.value, "name": storable_text(step.name)}
    told = {
        "inputs": storable(dict(step.inputs)),
        "outputs": storable(dict(step.outputs)),
        "why": storable_text(step.why),
    }
    return values | kinds | told | {"customer_id": of.customer_id if step.kind is StepKind.ACT else None}


def _month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)
