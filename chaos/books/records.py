"""The record of changes: no chain is broken, and a ticket is what its records say it became. And the jobs behind it."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from app.audit import opened, verify_database
from chaos.books.books import Books
from chaos.books.ledger import Ledger
from core.instants import utc_now
from storage.engine import create_engine
from storage.jobs.parked import parked
from storage.queries import activity
from ticketing.activity.chain import first_break

_FIELDS = ("status", "assignee", "priority")


async def balance_records(books: Books, ledger: Ledger, dsn: str, *, secret: str | None) -> None:
    """`secret`: the setting SECRET_KEY."""
    engine = create_engine(dsn, size=1)
    try:
        broken = []
        async with engine.connect() as connection:
            streams = await activity.streams(connection)
            for stream, head in streams:
                entries = await activity.entries(connection, stream)
                if first_break(entries) is not None or activity.head_of(entries) != head:
                    broken.append(f"{stream.kind} {stream.id}")
        books.compare("chains that are whole", len(streams) - len(broken), len(streams), broken)
        async with opened(dsn) as desk:
            audited = await verify_database(desk, secret=secret, now=utc_now())
        books.none("findings of the audit", [finding.words for finding in audited.findings])
        _complete(books, ledger)
        stuck = [f"{job.name} after {job.attempts} attempts: {job.error:.300}" for job in await parked(engine)]
        books.none("parked jobs", stuck)
        books.compare("undone jobs", ledger.tables.unfinished, 0)
    finally:
        await engine.dispose()


def _complete(books: Books, ledger: Ledger) -> None:
    """Each record begins where the one before it ended, and the last ends where the ticket is."""
    state: dict[str, dict[str, Any]] = defaultdict(dict)
    kinds: Counter[str] = Counter()
    wrong = []
    for row in ledger.tables.records:
        kinds[row["kind"]] += 1
        if row["kind"].startswith("approval."):  # it says what was asked for, and changes nothing of that
            continue
        now, before, after = state[str(row["stream_id"])], _read(row["before"]), _read(row["after"])
        for name in _FIELDS:
            if name in before and now.get(name) != before[name]:
                wrong.append(f"{row['kind']} of {row['stream_id']}: {name} was {now.get(name)}, not {before[name]}")
            if name in after:
                now[name] = after[name]
    tables = ledger.tables
    for ticket in tables.tickets:
        became = state[str(ticket["id"])]
        assignee = str(ticket["assignee_id"]) if ticket["assignee_id"] else None
        status = None if ticket["discarded_at"] else ticket["status"]
        stands = {"status": status, "assignee": assignee, "priority": ticket["priority"]}
        wrong += [
            f"#{ticket['number']}: {n} is {v}, recorded {became.get(n)}"
            for n, v in stands.items()
            if became.get(n) != v
        ]
    for each in tables.conversations:
        assignee = str(each["assignee_id"]) if each["assignee_id"] else None
        if state[str(each["id"])].get("assignee") != assignee:
            wrong.append(f"conversation of {each['address']}: assignee is {assignee}, not as recorded")
    books.none("records that do not fit what is", wrong)
    for kind, count in {
        "ticket.opened": len(tables.tickets),
        "comment.added": len(tables.comments) - kinds["approval.asked"],
        "reply.written": len(ledger.outbound),
        "approval.requested": len(tables.approvals),
        "approval.decided": len(tables.decisions),
    }.items():
        books.compare(f"records {kind}", kinds[kind], count)


def _read(value: object) -> Mapping[str, Any]:
    read = json.loads(value) if isinstance(value, str) else value
    return read if isinstance(read, Mapping) else {}
