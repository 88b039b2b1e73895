"""What models cost, and whether they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class ModelSpending:
    """Of one model. `input_tokens` are all that were read, from the cache or not; `cost` is in micro-dollars."""

    model: str
    calls: int
    failed: int
    input_tokens: int
    cached_tokens: int  # of the input, what came from the cache
    output_tokens: int
    cost: int


@dataclass(frozen=True, slots=True)
class Spending:
    models: tuple[ModelSpending, ...]
    tickets: int  # that the calls opened or added to

    @property
    def cost(self) -> int:
        """Micro-dollars."""
        return sum(model.cost for model in self.models)


_BY_MODEL = text("""
    SELECT model, count(*), count(*) FILTER (WHERE outcome <> 'ok'),
        sum(input_tokens + cache_write_tokens + cache_read_tokens), sum(cache_read_tokens), sum(output_tokens),
        sum(cost)::bigint
    FROM model_call WHERE at >= :since GROUP BY model ORDER BY sum(cost) DESC, model
""")
_TICKETS = text("""
    SELECT count(DISTINCT ai_context.ticket_id)
    FROM model_call JOIN ai_context ON ai_context.triage_id = model_call.triage_id
    WHERE model_call.at >= :since
""")
_LAST = text("SELECT outcome FROM model_call WHERE at >= :since ORDER BY at DESC LIMIT :most")


async def spending(engine: AsyncEngine, *, since: datetime) -> Spending:
    """The dearest model first. Reads the calls since then, whatever there was before."""
    async with engine.connect() as connection:
        models = (await connection.execute(_BY_MODEL, {"since": since})).all()
        tickets = (await connection.execute(_TICKETS, {"since": since})).scalar_one()
    return Spending(tuple(ModelSpending(*row) for row in models), tickets)


async def last_outcomes(engine: AsyncEngine, *, since: datetime, most: int) -> Sequence[str]:
    """How the newest calls ended, the newest first."""
    async with engine.connect() as connection:
        return (await connection.execute(_LAST, {"since": since, "most": most})).scalars().all()
