"""How runs are going, in numbers. What is asked is bounded, whatever there was before."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.types import Date, DateTime

from storage.database import Session
from ticketing.resolution.numbers import RunNumbers

_LATELY = timedelta(hours=1)

OPEN = text("""
    SELECT state, autonomy, count(*) AS runs FROM (
        SELECT state, autonomy FROM run
        WHERE state IN ('working', 'waiting_for_approval', 'waiting_for_customer', 'suggested') LIMIT 10000
    ) AS these GROUP BY state, autonomy
""")
ENDED = text("""
    SELECT state, autonomy, count(*) AS runs,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - begun_at)) AS seconds
    FROM (
        SELECT state, autonomy, begun_at, ended_at FROM run WHERE ended_at >= :since ORDER BY ended_at DESC LIMIT 1000
    ) AS these GROUP BY GROUPING SETS ((state, autonomy), (state))
""").bindparams(bindparam("since", type_=DateTime(timezone=True)))
MONTH = text("""
    SELECT type, runs, amount FROM run_spending WHERE month = :month
""").bindparams(bindparam("month", type_=Date))


async def run_numbers(session: Session, *, at: datetime) -> RunNumbers:
    """As of that instant."""
    is_open = (await session.execute(OPEN)).all()
    ended = (await session.execute(ENDED, {"since": at - _LATELY})).all()
    month = (await session.execute(MONTH, {"month": at.astimezone(UTC).date().replace(day=1)})).all()
    done = next((row.seconds for row in ended if row.autonomy is None and row.state == "done"), None)
    return RunNumbers(
        {(row.state, row.autonomy): row.runs for row in is_open},
        {(row.state, row.autonomy): row.runs for row in ended if row.autonomy is not None},
        {row.type: row.runs for row in month},
        {row.type: row.amount for row in month},
        (float(done[0]), float(done[1])) if done is not None else None,
    )
