"""Approvals: what was asked for is there, what was decided is there once, and what was approved went on."""

from collections import Counter
from collections.abc import Sequence

from chaos.books.books import Books
from chaos.books.ledger import Ledger
from chaos.office import Deed, Outcome


def balance_approvals(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    tables, people = ledger.tables, ledger.tables.people
    asked = {
        (str(row["ticket_id"]), str(row["requested_by"]), row["target"])
        for row in tables.approvals
        if row["requested_by"]
    }
    moved = {(str(row["stream_id"]), str(row["actor_id"])) for row in tables.records if row["kind"] == "status.changed"}
    asking = [(deed, (deed.ticket, people[deed.who], deed.to)) for deed in deeds if deed.kind == "ask"]
    # Whoever was told that it is done may have filled in what needs no approval after all.
    lost = [
        f"{deed.who} asked for {deed.to} of {deed.ticket}, and nothing came of it"
        for deed, key in asking
        if deed.told is Outcome.DONE and key not in asked and key[:2] not in moved
    ]
    possible = {key for deed, key in asking if deed.told is not Outcome.REFUSED}
    books.none("approvals that were asked for and are not there", lost)
    books.none("approvals that nobody asked for", [str(key) for key in asked - possible])
    said = Counter(str(row["approval_id"]) for row in tables.decisions)
    books.none("approvals with more than one decision", [f"{key}: {n}" for key, n in said.items() if n > 1])
    decided = {(str(row["approval_id"]), str(row["person_id"]), row["verdict"]) for row in tables.decisions}
    forgotten = [
        f"{deed.who}: {deed.to} of {deed.ticket}"
        for deed in deeds
        if deed.kind == "decide"
        and deed.told is Outcome.DONE
        and (deed.ticket, people[deed.who], deed.to) not in decided
    ]
    books.none("decisions that were made and are not there", forgotten)
    stuck = [
        f"{row['id']}: {row['state']}, {row['because']}"
        for row in tables.approvals
        if row["state"] == "approved" and row["because"] is None and row["still_there"]
    ]
    books.none("approvals after which nothing went on", stuck)
    states = Counter(row["state"] for row in tables.approvals)
    books.note("approvals by state", ", ".join(f"{n} {state}" for state, n in sorted(states.items())))
