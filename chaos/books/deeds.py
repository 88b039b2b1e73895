"""What colleagues did: what they were told was done is there, once; what was refused is not; the rest is either, but
everywhere the same. And of replies: nobody got one twice, and what is said of each is true.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chaos.books.books import Books
from chaos.books.ledger import Ledger, Row
from chaos.office import Deed, Outcome
from chaos.phones import Sent
from ticketing.playbook.shipped import LIFECYCLE

_OVER = frozenset({"sent", "delivered", "read", "failed", "unknown"})
_ARRIVED = frozenset({"sent", "delivered", "read"})
_REFUSED = frozenset({"failed", "undelivered"})


def balance_deeds(books: Books, ledger: Ledger, deeds: Sequence[Deed], sent: Sent) -> None:
    outcomes = Counter((deed.kind, deed.told) for deed in deeds)
    for kind in sorted({deed.kind for deed in deeds}):
        books.note(f"{kind}: done, refused, uncertain", ", ".join(str(outcomes[kind, each]) for each in Outcome))
    _written(
        books,
        "comments",
        Counter(row["text"] for row in ledger.tables.comments),
        deeds,
        ("comment", "note", "stranger"),
    )
    _written(books, "replies written", Counter(row["text"] for row in ledger.outbound), deeds, ("reply",))
    subjects = Counter(row["subject"] for row in ledger.tables.tickets if row["reporter"] != "ai")
    _written(books, "tickets opened by hand", subjects, deeds, ("new_ticket",))
    _changed(books, ledger, deeds)
    _replies(books, ledger.outbound, sent)


def _written(books: Books, what: str, found: Mapping[str, int], deeds: Sequence[Deed], kinds: Sequence[str]) -> None:
    wrong, should = [], 0
    left = dict(found)
    for deed in deeds:
        if deed.kind not in kinds:
            continue
        times = left.pop(deed.to, 0)
        possible = {Outcome.DONE: (1,), Outcome.REFUSED: (0,), Outcome.UNKNOWN: (0, 1)}[deed.told]
        should += times if times in possible else possible[-1]
        if times not in possible:
            wrong.append(f"{deed.to!r} by {deed.who} on {deed.ticket} was {deed.told} and is there {times} times")
    wrong += [f"{text!r} is there, and nobody wrote it" for text in left]
    books.compare(what, sum(found.values()), should, wrong)


_RECORDED = {"status": ("status.changed", "status"), "priority": ("priority.changed", "priority")}
_RECORDED["assign"] = ("ticket.assigned", "assignee")


def _changed(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    """Changes leave records: each that was done brought the ticket there, and none was made more often than asked."""
    passed: dict[tuple[str, str], set[str]] = defaultdict(set)  # (ticket, field) -> values it had
    made: Counter[tuple[str, str, str, str]] = Counter()  # (kind, who, ticket, value)
    for row in ledger.tables.records:
        for name, value in _values(row["after"]).items():
            passed[str(row["stream_id"]), name].add(str(value))
            made[row["kind"], str(row["actor_id"]), str(row["stream_id"]), str(value)] += 1
    conversation_of = {str(row["id"]): str(row["conversation_id"]) for row in ledger.tables.tickets}
    wrong, asked, done = [], Counter[tuple[str, str, str, str]](), 0
    for deed in deeds:
        if deed.kind not in (*_RECORDED, "claim"):
            continue
        who = ledger.tables.people[deed.who]
        kind, name = _RECORDED.get(deed.kind, ("ticket.assigned", "assignee"))
        to = who if deed.kind == "claim" else deed.to
        done += deed.told is Outcome.DONE
        there = to in passed[deed.ticket, name]
        if deed.kind == "claim" and not there and _was_over(passed[deed.ticket, "status"]):
            there = (
                to in passed[conversation_of[deed.ticket], name]
            )  # over before the click came, it does not become theirs
        if deed.told is Outcome.DONE and not there:
            wrong.append(f"{deed.kind} to {to} by {deed.who} on {deed.ticket} was done and left no record")
        if deed.kind != "claim" and deed.told is not Outcome.REFUSED:
            asked[kind, who, deed.ticket, to] += 1
    for key, times in made.items():
        if (
            key[0] in ("status.changed", "priority.changed")
            and key[1] in ledger.tables.people.values()
            and times > asked[key]
        ):
            wrong.append(f"{key} was made {times} times and asked for {asked[key]} times")
    books.compare("changes and claims that were done", done - len(wrong), done, wrong)


def _was_over(statuses: Iterable[str]) -> bool:
    return any(not LIFECYCLE.status(each).category.is_live for each in statuses)


def _values(after: object) -> dict[str, object]:
    value = json.loads(after) if isinstance(after, str) else after
    return dict(value) if isinstance(value, Mapping) else {}


def _replies(books: Books, outbound: Sequence[Row], at_providers: Sent) -> None:
    sent = dict(at_providers)
    undecided, untrue, twice = [], [], []
    states: Counter[str] = Counter()
    for row in outbound:
        state, copies = row["delivery"], sent.pop((row["address"], row["text"]), [])
        states[state] += 1
        if state not in _OVER:
            undecided.append(f"{row['text']!r} is {state}")
        if len(copies) > 1:
            twice.append(f"{row['text']!r} went to {row['address']} {len(copies)} times")
        there = copies[0] if copies else "not there"
        if (state in _ARRIVED and there in (*_REFUSED, "not there") and state != "sent") or (
            state == "sent" and not copies
        ):
            untrue.append(f"{row['text']!r} is {state}, and {there}")
        if state == "failed" and there not in (*_REFUSED, "not there"):
            untrue.append(f"{row['text']!r} is failed, and {there}")
    books.none("replies that are in no final state", undecided)
    books.none("replies that a customer got twice", twice)
    books.none("replies of which something untrue is said", untrue)
    books.none("messages sent that nobody wrote", [f"{body!r} to {to}" for to, body in sent])
    books.note("replies by state", ", ".join(f"{n} {state}" for state, n in sorted(states.items())))
