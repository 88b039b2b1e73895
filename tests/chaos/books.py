"""The books of a house after a storm: what was written against messages, tickets, cards, threads and records."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from storage.engine import DATABASE_AWAY, create_engine
from storage.jobs.parked import parked
from storage.queries import activity
from tests.chaos.house import House
from tests.chaos.town import Citizen
from ticketing.activity.chain import first_break

_UNDONE = "SELECT count(*) FROM pgqueuer WHERE status <> 'failed'"


@dataclass(slots=True)
class Books:
    """Counts for the table, and everything that is wrong, in words."""

    counts: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def compare(self, what: str, is_: object, should: object) -> None:
        self.counts[what] = f"{is_} of {should}"
        if is_ != should:
            self.wrong.append(f"{what}: {is_}, not {should}")

    def __str__(self) -> str:
        width = max(map(len, self.counts), default=0)
        table = [f"{what:<{width}}  {count}" for what, count in self.counts.items()]
        more = [f"… and {len(self.wrong) - 30} more"] if len(self.wrong) > 30 else []
        return "\n".join([*table, "", *self.wrong[:30], *more])


async def quiet(house: House, *, within: float) -> bool:
    """Whether the queue ran empty in time, in an unbroken row of looks. The database may still be coming back."""
    deadline = asyncio.get_running_loop().time() + within
    while asyncio.get_running_loop().time() < deadline:
        try:
            connection = await asyncpg.connect(house.dsn, timeout=5)
            try:
                if not await connection.fetchval(_UNDONE, timeout=5):
                    return True
            finally:
                await connection.close(timeout=2)
        except DATABASE_AWAY:
            pass
        await asyncio.sleep(0.2)
    return False


async def balance(house: House, town: Sequence[Citizen]) -> Books:
    books = Books()
    connection = await asyncpg.connect(house.dsn)
    try:
        await _messages(books, connection, town)
        tickets = await _tickets(books, connection, town)
        _slack(books, house, town, tickets)
        books.compare("undone jobs", await connection.fetchval(_UNDONE), 0)
    finally:
        await connection.close()
    await _records(books, house)
    return books


async def _messages(books: Books, connection: asyncpg.Connection, town: Sequence[Citizen]) -> None:
    written = Counter((citizen.number, message.text) for citizen in town for message in citizen.messages)
    filed = Counter(
        {
            (row["address"], row["text"]): row["n"]
            for row in await connection.fetch(
                "SELECT address, text, count(*) AS n FROM message"
                " JOIN conversation ON conversation.id = conversation_id WHERE direction = 'in' GROUP BY address, text"
            )
        }
    )
    books.compare("messages", filed.total(), written.total())
    books.wrong += [f"message {key}: {filed[key]} times" for key in written | filed if written[key] != filed[key]]
    outcomes = dict(await connection.fetch("SELECT coalesce(outcome, 'unsettled'), count(*) FROM inbox GROUP BY 1"))
    books.compare("events filed", outcomes, {"filed": written.total()})
    books.compare("untriaged", await connection.fetchval("SELECT count(*) FROM message WHERE NOT triaged"), 0)
    books.compare("customers", await connection.fetchval("SELECT count(*) FROM customer"), len(town))
    books.compare("conversations", await connection.fetchval("SELECT count(*) FROM conversation"), len(town))


async def _tickets(books: Books, connection: asyncpg.Connection, town: Sequence[Citizen]) -> dict[str, list[str]]:
    """The ids of each number's tickets, oldest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in await connection.fetch(
        "SELECT address, ticket.id FROM ticket JOIN conversation ON conversation.id = conversation_id ORDER BY number"
    ):
        found[row["address"]].append(str(row["id"]))
    books.compare("tickets", sum(map(len, found.values())), sum(citizen.tickets for citizen in town))
    for citizen in town:
        if len(found[citizen.number]) != citizen.tickets:
            said = [message.text for message in citizen.messages]
            books.wrong.append(f"{citizen.name} has {len(found[citizen.number])} tickets, wrote {said}")
    return found


def _slack(books: Books, house: House, town: Sequence[Citizen], tickets: dict[str, list[str]]) -> None:
    cards: dict[str, list[str]] = defaultdict(list)
    threads: dict[str, list[str]] = defaultdict(list)
    for post in house.slack.channel_messages(house.channel):
        mark = post.get("metadata", {})
        if mark.get("event_type") == "threadline_card":
            cards[mark["event_payload"]["ticket"]].append(post["ts"])
        else:
            threads[post["thread_ts"]].append(_words(post))
    books.compare("cards", sum(map(len, cards.values())), sum(map(len, tickets.values())))
    for citizen in town:
        for ticket in tickets[citizen.number]:
            if len(cards[ticket]) != 1:
                books.wrong.append(f"{citizen.name}: {len(cards[ticket])} cards for one ticket")
        shown = sorted(sorted(threads[ts]) for ticket in tickets[citizen.number] for ts in cards[ticket])
        if shown != citizen.threads:
            books.wrong.append(f"{citizen.name}: the threads say {shown}, not {citizen.threads}")
    entries = sum(len(thread) for citizen in town for thread in citizen.threads)
    books.compare("thread posts", sum(map(len, threads.values())), entries)


def _words(post: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in post["blocks"] if block["type"] == "section")


async def _records(books: Books, house: House) -> None:
    engine = create_engine(house.dsn, size=1)
    try:
        broken = 0
        async with engine.connect() as connection:
            streams = await activity.streams(connection)
            for stream, head in streams:
                entries = await activity.entries(connection, stream)
                broken += first_break(entries) is not None or activity.head_of(entries) != head
        books.compare("broken records", broken, 0)
        stuck = await parked(engine)
        books.compare("parked jobs", len(stuck), 0)
        books.wrong += [f"parked {job.name} after {job.attempts} attempts: {job.error[:300]}" for job in stuck]
    finally:
        await engine.dispose()
