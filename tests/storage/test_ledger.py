"""The books of model calls: kept whatever becomes of the work, added up by model, divided by the tickets."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from core.ids import new_id
from storage.database import Database
from storage.ledger import SqlLedger
from storage.queries.model_calls import ModelSpending, last_outcomes, spending
from tests.factories import NOW, a_suggestion, after, an_issue
from tests.storage.desk import DeskAtWork
from ticketing.triage.model_call import ModelCall, Outcome, Usage
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary

CALL = ModelCall(
    id=new_id(),
    conversation_id=None,
    triage_id=None,
    purpose="triage",
    brain="claude",
    model="claude-haiku-5-5",
    usage=Usage(input=100, output=50, cache_write=10, cache_read=1000),
    cost=40,
    took_ms=700.0,
    outcome=Outcome.OK,
    request_id="req_1",
    at=NOW,
)


async def test_calls_are_added_up_by_model_the_dearest_first(engine: AsyncEngine, store: Database) -> None:
    ledger = SqlLedger(store)
    await ledger.add(CALL)
    await ledger.add(replace(CALL, id=new_id(), outcome=Outcome.TRUNCATED, at=after(1)))
    await ledger.add(replace(CALL, id=new_id(), model="claude-sonnet-5-5", cost=100))
    await ledger.add(replace(CALL, id=new_id(), at=NOW - timedelta(days=40), cost=7_000_000))
    found = await spending(engine, since=NOW - timedelta(days=30))
    assert found.models == (
        ModelSpending("claude-sonnet-5-5", 1, 0, 1110, 1000, 50, 100),
        ModelSpending("claude-haiku-5-5", 2, 1, 2220, 2000, 100, 80),
    )
    assert (found.cost, found.tickets) == (180, 0)


async def test_the_newest_outcomes_come_first(engine: AsyncEngine, store: Database) -> None:
    ledger = SqlLedger(store)
    for number, outcome in enumerate((Outcome.OK, Outcome.OVERLOADED, Outcome.TIMEOUT)):
        await ledger.add(replace(CALL, id=new_id(), outcome=outcome, at=after(number)))
    assert await last_outcomes(engine, since=NOW, most=2) == ["timeout", "overloaded"]
    assert await last_outcomes(engine, since=after(3), most=2) == []


async def test_a_ticket_that_calls_led_to_is_counted_once(desk: DeskAtWork) -> None:
    class Paid:
        """A brain that keeps books, as a real one does."""

        async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
            paid = replace(CALL, id=new_id(), conversation_id=burst.conversation_id, triage_id=burst.triage_id)
            await SqlLedger(desk.database).add(paid)
            known = burst.known[0].id if burst.known else None
            return a_suggestion(an_issue(burst, continues=known))

    conversation = await desk.customer_writes("My mug is broken.")
    await desk.understand(conversation, Paid())
    await desk.customer_writes("It is blue.")
    await desk.understand(conversation, Paid())
    found = await spending(desk.engine, since=NOW - timedelta(days=1))
    assert (found.tickets, found.cost) == (1, 80)
