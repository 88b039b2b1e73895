"""What a use case costs, in statements: the database is what a desk has least of.

Its clocks come on top: they are read with the head of the ticket's record, and saved with what changes them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from uuid import uuid4

import asyncpg
import pytest

from storage.database import Session, understand_json
from storage.engine import plain_dsn
from tests.playbooks import PROMISES
from tests.storage.desk import DeskAtWork
from tests.storage.test_plans import OneSession
from tests.storage.versions import WITHOUT, put
from ticketing.people.person import Person
from ticketing.tickets.open_ticket import NewTicket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

PROMISED = WITHOUT.replace("lifecycle: only,", "lifecycle: only, sla: standard,") + PROMISES.replace(
    "CALENDAR", "office"
)


class Counting:
    """A desk whose statements are counted, those that begin and commit among them."""

    def __init__(self, desk: DeskAtWork, raw: asyncpg.Connection) -> None:
        self.desk, self._raw = desk, raw
        self._sent: list[str] = []
        raw.add_query_logger(lambda record: self._sent.append(record.query))

    async def of(self, use_case: Awaitable[object]) -> list[str]:
        desk, kept = self.desk, self.desk.database
        desk.database = OneSession(Session(self._raw, ends=True))
        self._sent.clear()
        async with self._raw.transaction():
            await use_case
        await asyncio.sleep(0)  # asyncpg tells of a statement a turn of the loop later
        desk.database = kept
        # asyncpg asks about types, once a connection
        asked = [query for query in self._sent if "typeinfo_tree" not in query and "jit" not in query]
        assert (asked[0], asked[-1]) == ("BEGIN;", "COMMIT;")  # all are counted
        return asked


@pytest.fixture
async def counting(desk: DeskAtWork, database: str) -> AsyncIterator[Counting]:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    yield Counting(desk, raw)
    await raw.close()


async def opened(counting: Counting) -> tuple[Ticket, Person]:
    mia = await counting.desk.person()
    return await counting.desk.ticket(await counting.desk.customer_writes(), mia), mia


@pytest.mark.parametrize("promised", [False, True])
async def test_a_transition_takes_at_most_eight_statements(counting: Counting, promised: bool) -> None:
    if promised:
        await put(counting.desk, PROMISED)
    ticket, mia = await opened(counting)
    asked = await counting.of(counting.desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia))
    assert 4 <= len(asked) <= 8, asked
    assert sum("service_level" in query for query in asked) == 1  # whether there are clocks is asked with the record


async def costs(counting: Counting) -> dict[str, int]:
    """Statements of what happens to tickets most: the first answer is one that stops a clock."""
    ticket, mia = await opened(counting)
    other, _ = await opened(counting)
    desk = counting.desk
    stored = await desk.store(
        {"kind": "message", "id": uuid4().hex, "from": "+4915112345678", "to": "+14155550100", "text": "?"}
    )
    one_more = NewTicket("Another mug", Priority.NORMAL)
    asked = {
        "file": await counting.of(desk.file(stored)),
        "reply": await counting.of(desk.desk.reply(ticket.id, "Sent.", by=mia, request=uuid4().hex)),
        "comment": await counting.of(desk.desk.comment(other.id, "Seen.", by=mia)),
        "another comment": await counting.of(desk.desk.comment(other.id, "Done.", by=mia)),
        "open": await counting.of(desk.desk.open_ticket(ticket.conversation_id, one_more, by=mia)),
    }
    return {name: len(queries) for name, queries in asked.items()}


async def test_what_is_promised_costs_hardly_a_statement(counting: Counting) -> None:
    plain = await costs(counting)
    await put(counting.desk, PROMISED)
    promised = await costs(counting)
    more = {name: promised[name] - plain[name] for name in plain}
    # a new ticket has the tier of its customer, and one record more
    assert more == {"file": 0, "reply": 0, "comment": 0, "another comment": 0, "open": 2}
