"""Returns that the AI worked on: money goes back once at most, to whoever ordered it and as policy lets; and nobody
is left without a word or a person.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from chaos.books.books import Books
from chaos.process import is_over
from chaos.shop import SMALL, TroubledShop, price
from chaos.town import Channel, Citizen
from storage.engine import plain_dsn

Row = Any  # asyncpg.Record

_RUNS = """
    SELECT run.id, run.state, run.why, run.action, run.ended_at, run.approval_id, ticket.number, ticket.status,
        approval.state AS approval, conversation.address,
        (SELECT count(*) FROM run AS other WHERE other.ticket_id = run.ticket_id) AS of_ticket
    FROM run JOIN ticket ON ticket.id = run.ticket_id
    JOIN conversation ON conversation.id = run.conversation_id
    LEFT JOIN approval ON approval.id = run.approval_id
    ORDER BY run.begun_at
"""
_STEPS = (
    "SELECT run_id, kind, name, state, outcome, inputs::text, outputs ->> 'told' AS told FROM run_step ORDER BY place"
)
_SAID = """
    SELECT split_part(request, ':', 2)::uuid AS run_id, count(*) AS times FROM message
    WHERE request LIKE 'run:%' AND direction = 'out' GROUP BY 1
"""
_TICKETS = "SELECT count(*) FROM ticket WHERE type = 'return' AND reporter = 'ai'"


@dataclass(frozen=True, slots=True)
class RunTables:
    """Everything the database holds of runs. `said`: how many messages each has written; `returns`: tickets."""

    runs: Sequence[Row]
    steps: Sequence[Row]
    said: Mapping[UUID, int]
    returns: int


async def read_runs(dsn: str) -> RunTables:
    connection = await asyncpg.connect(plain_dsn(dsn))
    try:
        return RunTables(
            runs=await connection.fetch(_RUNS),
            steps=await connection.fetch(_STEPS),
            said={row["run_id"]: row["times"] for row in await connection.fetch(_SAID)},
            returns=await connection.fetchval(_TICKETS),
        )
    finally:
        await connection.close()


def balance_runs(books: Books, tables: RunTables, shop: TroubledShop, citizens: Sequence[Citizen]) -> None:
    runs, said = tables.runs, tables.said
    of_run: dict[UUID, list[Row]] = defaultdict(list)
    for step in tables.steps:
        of_run[step["run_id"]].append(step)
    books.compare("returns that the AI worked on", len(runs), tables.returns)
    books.none("tickets with more than one run", [_told(run) for run in runs if run["of_ticket"] > 1])
    _refunds(books, runs, of_run, shop, {each.address: each for each in citizens})
    books.none("runs with another end than their tickets", [each for run in runs for each in _ends(run, of_run, said)])
    states = Counter(run["state"] for run in runs)
    books.note("runs by state", ", ".join(f"{n} {state}" for state, n in sorted(states.items())))


def _refunds(
    books: Books,
    runs: Sequence[Row],
    of_run: Mapping[UUID, Sequence[Row]],
    shop: TroubledShop,
    citizens: Mapping[str, Citizen],
) -> None:
    """What the shop has paid back against what the runs say that they did."""
    given = defaultdict(list)
    for each in shop.books.gateway.all():
        given[each.order].append(each.given.amount)
    wrong = []
    for order, amounts in given.items():
        if len(amounts) > 1:
            wrong.append(f"order {order} was paid back {len(amounts)} times")
        if set(amounts) != {price(order)} or price(order) != SMALL:
            wrong.append(f"of order {order}, {amounts} went back without an approval, of {price(order)}")
    done: Counter[str] = Counter()
    perhaps: set[str] = set()
    for run in runs:
        citizen = citizens[run["address"]]
        for step in of_run[run["id"]]:
            if step["kind"] != "act":
                continue
            if citizen.channel is not Channel.WHATSAPP:
                wrong.append(f"{_told(run)}: the AI called {step['name']} for somebody who proved nothing")
            done[citizen.order] += step["outcome"] == "done"
            if step["state"] == "begun" or step["outcome"] == "unknown":
                perhaps.add(citizen.order)
    wrong += [
        f"order {order}: a run says that it was paid back, and it was not"
        for order in done.keys() - given.keys()
        if done[order]
    ]
    wrong += [
        f"order {order} was paid back, and no run says so"
        for order in given
        if not done[order] and order not in perhaps
    ]
    books.compare("refunds", sum(map(len, given.values())), done.total() + len(perhaps & given.keys()), wrong)
    books.note("… of which nobody knows, and a person was told", len(perhaps))


def _ends(run: Row, of_run: Mapping[UUID, Sequence[Row]], said: Mapping[UUID, int]) -> list[str]:
    """What is wrong with how it stands, in words."""
    told = said.get(run["id"], 0)
    match run["state"]:
        case "done":
            fine = run["status"] == "closed" and told == 1
        case "handed_over":
            spoke = any(step["kind"] == "hand_over" and step["told"] == "true" for step in of_run[run["id"]])
            fine = not is_over(run["status"]) and (told == 1 or not spoke)
        case "stopped":
            fine = bool(run["why"])
        case "waiting_for_approval":
            fine = run["approval"] == "waiting" and told == 0
        case _:
            fine = False
    return [] if fine else [f"{_told(run)}; the customer was told {told} things"]


def _told(run: Row) -> str:
    return f"#{run['number']} {run['status']}: run {run['id']} is {run['state']} ({run['why']})"
