"""How a run is written: it, its steps and its post in its ticket's thread, in one statement."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import CTE, bindparam, func, literal_column, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Boolean, DateTime, Uuid

from core.ids import new_id
from storage.jsonb import storable, storable_text
from storage.several import by_column, several
from storage.tables import room_entry, run, run_step
from ticketing.resolution.run import OPEN, Run, Step, StepKind

# As parameters they would not meet their index.
IS_OPEN = run.c.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN)])
# One post of it in its ticket's thread, changed as it gets on; none of a run that only shadows.
_SHOWN = {
    "id": bindparam("entry", type_=Uuid),
    "ticket_id": bindparam("entry_ticket", type_=Uuid),
    "run_id": bindparam("entry_run", type_=Uuid),
    "concerns": true(),
    "at": bindparam("entry_at", type_=DateTime(timezone=True)),
    "needs_showing": true(),
}


def _show(of: CTE) -> CTE:
    """The post of the run that a statement has just written."""
    shown = select(*_SHOWN.values()).select_from(of).where(bindparam("shows", type_=Boolean))
    new = insert(room_entry).from_select(list(_SHOWN), shown)
    return new.on_conflict_do_update(index_elements=[room_entry.c.run_id], set_={"needs_showing": true()}).cte("shown")


_ADDED = (
    insert(run)
    .values({field.name: bindparam(f"new_{field.name}", type_=run.c[field.name].type) for field in fields(Run)})
    .on_conflict_do_nothing(index_elements=[run.c.ticket_id], index_where=IS_OPEN)
    .returning(run.c.id)
    .cte("added")
)
ADD = select(func.count()).select_from(_ADDED).add_cte(_show(_ADDED))

_STAYS = {"id", "ticket_id", "type", "autonomy", "begun_at", "version"}
_CHANGING = [field.name for field in fields(Run) if field.name not in _STAYS]
_SAVE = (
    update(run)
    .where(run.c.id == bindparam("run"), run.c.version == bindparam("seen"))
    .values(
        {name: bindparam(f"new_{name}", type_=run.c[name].type) for name in _CHANGING} | {"version": run.c.version + 1}
    )
)
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
SAVE = select(func.count()).select_from(_SAVED).add_cte(_KEEP.cte("kept"), _show(_SAVED))


def added_row(new: Run, *, shows: bool) -> dict[str, Any]:
    """The parameters of ADD, which counts what it has added. `shows`: people see that it is there."""
    return {f"new_{name}": value for name, value in _values(new).items()} | _shown(new) | {"shows": shows}


def saved_row(changed: Run, steps: Sequence[Step], *, shows: bool) -> dict[str, Any]:
    """The same of SAVE, for a run whose version is the one that was read."""
    new = {f"new_{name}": value for name, value in _values(changed).items() if name in _CHANGING}
    kept = by_column(run_step.c, "step", [_step_values(step, of=changed) for step in steps])
    return {"run": changed.id, "seen": changed.version, "shows": shows} | new | kept | _shown(changed)


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
