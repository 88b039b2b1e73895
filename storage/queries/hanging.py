"""Runs of the AI that do not get on: what `threadline doctor` says of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import DateTime

QUIET = timedelta(minutes=10)  # without a step: nothing that a run does takes so long
LONG = timedelta(hours=1)
LATELY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Tickets by their numbers, the oldest first, of each kind no more than twenty.

    `still`: something should be done, and nothing is. `away`: what an action asks has not answered for an hour.
    `settled`: the approval they wait for is decided about, or over, and nothing followed. `unknown`: an action may have
    been done, and nobody has settled the ticket: "issue_refund for #12".
    """

    still: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


STILL = text("""
    SELECT '#' || ticket.number FROM run JOIN ticket ON ticket.id = run.ticket_id
    WHERE run.state = 'working' AND run.begun_at < :quiet AND run.trying_since IS NULL
        AND NOT EXISTS (SELECT FROM run_step
                        WHERE run_step.run_id = run.id AND coalesce(run_step.ended_at, run_step.begun_at) >= :quiet)
    ORDER BY run.begun_at LIMIT 20
""").bindparams(bindparam("quiet", type_=DateTime(timezone=True)))
AWAY = text("""
    SELECT '#' || ticket.number FROM run JOIN ticket ON ticket.id = run.ticket_id
    WHERE run.state = 'working' AND run.trying_since < :away
    ORDER BY run.begun_at LIMIT 20
""").bindparams(bindparam("away", type_=DateTime(timezone=True)))
SETTLED = text("""
    SELECT '#' || ticket.number FROM run
    JOIN ticket ON ticket.id = run.ticket_id
    JOIN approval ON approval.id = run.approval_id
    WHERE run.state = 'waiting_for_approval' AND approval.settled_at < :quiet
    ORDER BY run.begun_at LIMIT 20
""").bindparams(bindparam("quiet", type_=DateTime(timezone=True)))
UNKNOWN = text("""
    SELECT run_step.name || ' for #' || ticket.number FROM run_step
    JOIN run ON run.id = run_step.run_id
    JOIN ticket ON ticket.id = run.ticket_id
    WHERE run_step.kind = 'act' AND run_step.outcome = 'unknown' AND run_step.begun_at >= :lately
        AND ticket.status_category IN ('open', 'active', 'pending') AND ticket.discarded_at IS NULL
    ORDER BY run_step.begun_at LIMIT 20
""").bindparams(bindparam("lately", type_=DateTime(timezone=True)))


async def hanging(engine: AsyncEngine, *, now: datetime) -> Hanging:
    """Reads what is open, and what went wrong lately, whatever there was before."""
    quiet = now - QUIET
    async with engine.connect() as connection:
        still = (await connection.execute(STILL, {"quiet": quiet})).scalars().all()
        away = (await connection.execute(AWAY, {"away": now - LONG})).scalars().all()
        settled = (await connection.execute(SETTLED, {"quiet": quiet})).scalars().all()
        unknown = (await connection.execute(UNKNOWN, {"lately": now - LATELY})).scalars().all()
    return Hanging(tuple(still), tuple(away), tuple(settled), tuple(unknown))
