"""Runs as people look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from storage.database import Row, Session
from storage.work.runs import run_of, step_of
from ticketing.approvals.shown import Evidence
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run, Step
from ticketing.resolution.shown import Beside, ShownRun, decided_by, shown_run

# Of what a step rested on only what is shown: the facts of a verdict, and not what a look-up gave.
_RUNS = text("""
    SELECT run.*, step.run_id AS step_run_id, step.place AS step_place, step.kind AS step_kind, step.name AS step_name,
        step.begun_at AS step_begun_at, step.state AS step_state, step.outcome AS step_outcome, step.why AS step_why,
        step.key AS step_key, step.ended_at AS step_ended_at, step.amount AS step_amount,
        CASE WHEN step.kind = 'decide'
             THEN jsonb_build_object('context', jsonb_build_object('names',
                  jsonb_build_object('facts', step.inputs #> '{context,names,facts}',
                     'earlier', step.inputs #> '{context,names,earlier}')))
             ELSE step.inputs END AS step_inputs,
        step.outputs - 'value' AS step_outputs,
        approval.rule AS asked_rule, approval.label AS asked_label, approval.escalated AS asked_escalated,
        person.name AS agreed_by,
        (SELECT string_agg(name, ', ' ORDER BY at) FROM approval_decision AS decision
         WHERE decision.approval_id = run.approval_id) AS decided_by,
        moved.level AS moved_level, moved.why AS moved_why
    FROM run
    LEFT JOIN run_step AS step ON step.run_id = run.id
    LEFT JOIN approval ON approval.id = run.approval_id
    LEFT JOIN person ON person.id = run.agreed
    LEFT JOIN LATERAL (
        SELECT level, why FROM autonomy_move AS moved
        WHERE moved.type = run.type AND moved.at <= coalesce(run.ended_at, 'infinity')
        ORDER BY moved.place DESC LIMIT 1
    ) AS moved ON true
    WHERE run.id = ANY(:runs)
    ORDER BY run.id, step.place
""").bindparams(bindparam("runs", type_=ARRAY(Uuid)))


# The verdict after which it was asked; of a request that was made anew, the newest.
_EVIDENCE = text("""
    SELECT approval.id AS approval_id, decided.run_id AS step_run_id, decided.place AS step_place,
        decided.kind AS step_kind, decided.name AS step_name, decided.begun_at AS step_begun_at,
        decided.state AS step_state, decided.outcome AS step_outcome, decided.why AS step_why,
        decided.key AS step_key, decided.ended_at AS step_ended_at, decided.amount AS step_amount,
        decided.inputs AS step_inputs, decided.outputs AS step_outputs
    FROM approval
    JOIN LATERAL (
        SELECT run.id, step.place
        FROM run
        LEFT JOIN run_step AS step ON step.run_id = run.id AND step.kind = 'ask_approval'
            AND step.outputs ->> 'approval' = CAST(approval.id AS text)
        WHERE run.ticket_id = approval.ticket_id AND (step.place IS NOT NULL OR run.approval_id = approval.id)
        ORDER BY run.begun_at DESC LIMIT 1
    ) AS asking ON true
    JOIN LATERAL (
        SELECT * FROM run_step
        WHERE run_step.run_id = asking.id AND kind = 'decide' AND (asking.place IS NULL OR place < asking.place)
        ORDER BY place DESC LIMIT 1
    ) AS decided ON true
    WHERE approval.id = ANY(:approvals)
""").bindparams(bindparam("approvals", type_=ARRAY(Uuid)))


async def evidence_of(session: Session, approval_ids: Sequence[UUID], playbook: Playbook) -> Mapping[UUID, Evidence]:
    """What the AI had found out before it asked for these; others are left out. One statement; none where none."""
    if not approval_ids:
        return {}
    rows = (await session.execute(_EVIDENCE, {"approvals": list(approval_ids)})).all()
    found = {}
    for row in rows:
        facts, rules = decided_by(_step(row), playbook)
        found[row["approval_id"]] = Evidence(row["step_run_id"], facts.looked_at, rules)
    return found


async def shown_runs(session: Session, run_ids: Sequence[UUID], playbook: Playbook) -> Mapping[UUID, ShownRun]:
    """These, as they stand now, by their ids. One statement; none where there are none."""
    if not run_ids:
        return {}
    rows = (await session.execute(_RUNS, {"runs": list(run_ids)})).all()
    found: dict[UUID, tuple[Run, Beside, list[Step]]] = {}
    for row in rows:
        known = found.setdefault(row["id"], (run_of(row), _beside(row), []))
        if row["step_place"] is not None:
            known[2].append(_step(row))
    return {key: shown_run(run, steps, playbook, beside) for key, (run, beside, steps) in found.items()}


def _beside(row: Row) -> Beside:
    return Beside(
        row["asked_rule"],
        row["asked_label"],
        row["asked_escalated"] is True,
        row["agreed_by"],
        row["decided_by"],
        (Autonomy(row["moved_level"]), row["moved_why"]) if row["moved_level"] else None,
    )


def _step(row: Row) -> Step:
    return step_of({field.name: row[f"step_{field.name}"] for field in fields(Step)})
