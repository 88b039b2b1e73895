"""The books of what models cost: a row for each call, in a transaction of its own: no rollback forgets money."""

from storage.database import Database
from storage.tables import model_call
from ticketing.triage.model_call import ModelCall

_ADD = model_call.insert()


class SqlLedger:
    """Implements `ticketing.triage.model_call.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, call: ModelCall) -> None:
        values = {
            "id": call.id,
            "conversation_id": call.conversation_id,
            "triage_id": call.triage_id,
            "purpose": call.purpose,
            "brain": call.brain,
            "model": call.model,
            "input_tokens": call.usage.input,
            "output_tokens": call.usage.output,
            "cache_write_tokens": call.usage.cache_write,
            "cache_read_tokens": call.usage.cache_read,
            "cost": call.cost,
            "took_ms": call.took_ms,
            "outcome": call.outcome.value,
            "request_id": call.request_id,
            "at": call.at,
            "run_id": call.run_id,
        }
        async with self._database.single() as session:
            await session.execute(_ADD, values)
