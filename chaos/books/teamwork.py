"""What colleagues did together behind More: each deed that was done has its record, none has more records than deeds,
and what can be taken back was taken back before it was done again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chaos.acts.together import link_of
from chaos.books.books import Books
from chaos.books.ledger import Ledger, Row
from chaos.office import Deed, Outcome

Values = Mapping[str, Any]
Key = tuple[str, str, str]  # the deed, the ticket, what was chosen


def _tag(before: Values, after: Values) -> Iterator[str]:
    yield from set(after["tags"]) - set(before["tags"])


def _due(_: Values, after: Values) -> Iterator[str]:
    yield str(int(datetime.fromisoformat(after["due"]).timestamp())) if after["due"] else ""


def _who(before: Values, after: Values) -> Iterator[str]:
    value = after or before
    yield str(value.get("person") or value.get("team") or "")


def _link(before: Values, after: Values) -> Iterator[str]:
    value = after or before
    yield link_of(value["link"], value["origin"], value["target"])


def _team(_: Values, after: Values) -> Iterator[str]:
    yield str(after["team"])


def _nothing(_: Values, __: Values) -> Iterator[str]:
    yield ""


# The record of each deed, and what was chosen in it.
_RECORDS: Mapping[str, tuple[str, Callable[[Values, Values], Iterator[str]]]] = {
    "tag": ("tags.changed", _tag),
    "promise": ("due.changed", _due),
    "owner": ("owner.changed", _who),
    "watcher": ("watcher.added", _who),
    "unwatch": ("watcher.removed", _who),
    "link": ("link.added", _link),
    "unlink": ("link.removed", _link),
    "hand off": ("ticket.handed_off", _team),
    "discard": ("ticket.discarded", _nothing),
    "put back": ("ticket.restored", _nothing),
    "block": ("sender.blocked", _nothing),
}
_KIND = {record: (deed, read) for deed, (record, read) in _RECORDS.items()}
_TAKEN_BACK = {"link": "unlink", "merge": "part", "discard": "put back", "block": "unblock"}


def balance_teamwork(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    made = [(key, str(row["actor_id"])) for row in ledger.tables.records for key in _made(row)]
    wanted = [(key, ledger.tables.people[deed.who], deed) for deed in deeds if (key := _wanted(deed, ledger))]
    there = {key for key, _ in made} | set(_so_already(ledger))
    done = [(key, deed) for key, _, deed in wanted if deed.told is Outcome.DONE]
    lost = [f"{deed.kind} {deed.to} of {deed.ticket} by {deed.who}" for key, deed in done if key not in there]
    books.compare("deeds behind More that are in the record", len(done) - len(lost), len(done), lost)
    asked = Counter((key, who) for key, who, deed in wanted if deed.told is not Outcome.REFUSED)
    people = set(ledger.tables.people.values())
    often = [
        f"{key} by {who} is in the record {times} times, asked for {asked[key, who]} times"
        for (key, who), times in Counter(made).items()
        if times > asked[key, who] and who in people
    ]
    books.none("records of deeds behind More that nobody did so often", often)
    _in_turns(books, [key for key, _ in made])
    _merged(books, ledger, [key for key, _ in made])


def _made(row: Row) -> Iterator[Key]:
    """What this record says was done. Of a link or a merge, which are in several tickets' records, one says it."""
    kind, ticket = row["kind"], str(row["stream_id"])
    before, after = _read(row["before"]), _read(row["after"])
    if kind in ("ticket.merged", "ticket.unmerged"):
        if after["absorbed"] == ticket:
            merged = kind == "ticket.merged"
            yield ("merge" if merged else "part", "", f"{ticket} into {after['survivor']}" if merged else ticket)
    elif kind in _KIND:
        deed, read = _KIND[kind]
        for value in read(before, after):
            if deed not in ("link", "unlink"):
                yield deed, ticket, value
            elif value.startswith(ticket):
                yield deed, "", value


def _wanted(deed: Deed, ledger: Ledger) -> Key | None:
    """None: it is for other books."""
    if deed.kind in ("link", "unlink", "merge", "part"):
        return deed.kind, "", deed.to
    if deed.kind == "block":
        return deed.kind, ledger.tables.senders.get(deed.to, ""), ""
    if deed.kind in ("watch", "unwatch"):
        return "watcher" if deed.kind == "watch" else "unwatch", deed.ticket, ledger.tables.people[deed.who]
    return (deed.kind, deed.ticket, deed.to) if deed.kind in _RECORDS else None


def _so_already(ledger: Ledger) -> Iterator[Key]:
    """What came about otherwise: the team that a ticket was opened for, watchers that came along in a merge."""
    for row in ledger.tables.records:
        after, ticket = _read(row["after"]), str(row["stream_id"])
        if row["kind"] == "ticket.opened":
            yield "hand off", ticket, str(after["team"])
        elif row["kind"] == "ticket.merged":
            yield from (("watcher", ticket, who) for who in after["watchers"])


def _in_turns(books: Books, made: Sequence[Key]) -> None:
    """Never done twice without having been taken back in between, and never taken back twice."""
    back = {undone: deed for deed, undone in _TAKEN_BACK.items()}
    stands: dict[Key, bool] = defaultdict(bool)
    wrong = []
    for deed, ticket, value in made:
        of = back.get(deed, deed)
        if of not in _TAKEN_BACK:
            continue
        key = of, ticket, value.partition(" ")[0] if of == "merge" else value
        if stands[key] is (deed in _TAKEN_BACK):
            wrong.append(f"{deed} of {ticket or value} twice running")
        stands[key] = deed in _TAKEN_BACK
    books.none("links, merges, discarded tickets and blocked senders done or undone twice", wrong)


def _merged(books: Books, ledger: Ledger, made: Sequence[Key]) -> None:
    """A ticket goes on where its record says, or in none."""
    recorded: dict[str, str] = {}
    for deed, _, value in made:
        if deed == "merge":
            absorbed, _, survivor = value.partition(" into ")
            recorded[absorbed] = survivor
        elif deed == "part":
            recorded[value] = ""
    goes_on = {str(row["id"]): str(row["merged_into"] or "") for row in ledger.tables.tickets}
    kept = {str(row["absorbed_id"]): str(row["survivor_id"]) for row in ledger.tables.merges}
    wrong = [
        f"{ticket} goes on in {into!r}, recorded {recorded.get(ticket, '')!r}, kept {kept.get(ticket, '')!r}"
        for ticket, into in goes_on.items()
        if not into == recorded.get(ticket, "") == kept.get(ticket, "")
    ]
    books.none("merged tickets that are not as recorded", wrong)


def _read(value: object) -> Values:
    read = json.loads(value) if isinstance(value, str) else value
    return read if isinstance(read, Mapping) else {}
