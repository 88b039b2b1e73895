"""What customers answered: one by one, and summed up by team and agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class Listed:
    """One survey. `state` is expired where nobody answered in time."""

    ticket: int
    customer: str
    channel: str
    agent: str | None
    team: str | None
    state: str
    why: str | None
    due_at: datetime
    score: int | None
    comment: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sum:
    """The surveys of one agent in one team. `scores` are the numbers of 1s, 2s, 3s, 4s and 5s."""

    team: str | None
    agent: str | None
    asked: int
    answered: int
    mean: float | None
    scores: tuple[int, int, int, int, int]


_LIST = text("""
    SELECT ticket.number, customer.name, survey.channel, person.name AS agent, team.name AS team,
        CASE WHEN survey.state = 'asked' AND survey.asked_at < :expired THEN 'expired' ELSE survey.state END AS state,
        survey.why, survey.due_at, survey.score, survey.comment, survey.answered_at
    FROM survey
    JOIN ticket ON ticket.id = survey.ticket_id
    JOIN customer ON customer.id = survey.customer_id
    LEFT JOIN person ON person.id = survey.agent_id
    LEFT JOIN team ON team.id = survey.team_id
    ORDER BY coalesce(survey.answered_at, survey.asked_at, survey.due_at) DESC
    LIMIT :most
""")

_SUM = text("""
    SELECT team.name AS team, person.name AS agent, count(*) AS asked, count(score) AS answered,
        round(avg(score), 2)::float AS mean,
        count(*) FILTER (WHERE score = 1) AS ones, count(*) FILTER (WHERE score = 2) AS twos,
        count(*) FILTER (WHERE score = 3) AS threes, count(*) FILTER (WHERE score = 4) AS fours,
        count(*) FILTER (WHERE score = 5) AS fives
    FROM survey
    LEFT JOIN person ON person.id = survey.agent_id
    LEFT JOIN team ON team.id = survey.team_id
    WHERE survey.asked_at IS NOT NULL
    GROUP BY team.name, person.name
    ORDER BY team.name NULLS LAST, person.name NULLS LAST
""")


async def listed(engine: AsyncEngine, *, expired: datetime, most: int = 500) -> Sequence[Listed]:
    """The newest first. `expired`: what was asked before then counts as not answered."""
    async with engine.connect() as connection:
        rows = await connection.execute(_LIST, {"expired": expired, "most": most})
        return [Listed(*row) for row in rows]


async def summed(engine: AsyncEngine) -> Sequence[Sum]:
    """By team and agent, who had the ticket when it was resolved."""
    async with engine.connect() as connection:
        rows = await connection.execute(_SUM)
        return [
            Sum(
                row.team,
                row.agent,
                row.asked,
                row.answered,
                row.mean,
                (row.ones, row.twos, row.threes, row.fours, row.fives),
            )
            for row in rows
        ]
