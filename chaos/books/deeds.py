"""What colleagues did: what they were told was done is there, once; what was refused is not; the rest is either, but
everywhere the same. And of replies: nobody got one twice, and what is said of each is true.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chaos.books.books import Books
from chaos.books.comments import balance_comments
from chaos.books.ledger import Ledger, Row
from chaos.books.teamwork import balance_teamwork
from chaos.books.written import written
from chaos.office import Deed, Outcome
from chaos.phones import Sent
from chaos.process import is_over

_OVER = frozenset({"sent", "delivered", "read", "failed", "unknown", "withdrawn"})
_ARRIVED = frozenset({"sent", "delivered", "read"})
_REFUSED = frozenset({"failed", "undelivered"})
_MAY_HAVE_LEFT = frozenset({"sent", "unknown", "failed", "sending"})  # a mail may be refused after it left
_DISCARDED = "None"  # the status of what is no ticket


def balance_deeds(books: Books, ledger: Ledger, deeds: Sequence[Deed], sent: Sent) -> None:
    outcomes = Counter((deed.kind, deed.told) for deed in deeds)
    for kind in sorted({deed.kind for deed in deeds}):
        books.note(f"{kind}: done, refused, uncertain", ", ".join(str(outcomes[kind, each]) for each in Outcome))
    balance_comments(books, ledger, deeds)
    sent = _told_by_mail(books, ledger, sent)
    written(books, "replies written", Counter(row["text"] for row in ledger.replies), deeds, ("reply",))
    subjects = Counter(row["subject"] for row in ledger.tables.tickets if row["reporter"] != "ai")
    written(books, "tickets opened by hand", subjects, deeds, ("new_ticket",))
    _changed(books, ledger, deeds)
    _replies(books, ledger.outbound, sent)
    _undone(books, ledger, deeds)
    _set_aside(books, ledger, deeds)
    balance_teamwork(books, ledger, deeds)


def _told_by_mail(books: Books, ledger: Ledger, sent: Sent) -> Sent:
    """Colleagues who are not in Slack are told things by mail, each once. What is left was sent to customers."""
    got: Counter[str] = Counter()
    for (to, _), copies in sent.items():
        if to in ledger.tables.people:
            got[to] += len(copies)
    begun = Counter(row["email"] for row in ledger.tables.notices if row["mail"] in _MAY_HAVE_LEFT)
    left = Counter(row["email"] for row in ledger.tables.notices if row["mail"] == "sent")
    wrong = [f"{to} got {n}, {begun[to]} were sent" for to, n in got.items() if n > begun[to]]
    wrong += [f"{to} got {got[to]}, of {n} we say that they were sent" for to, n in left.items() if n > got[to]]
    should = min(max(got.total(), left.total()), begun.total())
    books.compare("colleagues told by mail", got.total(), should, wrong)
    under_way = [row["email"] for row in ledger.tables.notices if row["mail"] == "sending"]
    books.none("… of them still under way", under_way)
    return {key: copies for key, copies in sent.items() if key[0] not in ledger.tables.people}


def _undone(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    """Who got their words back reads true: the reply was never sent."""
    states = {row["text"]: row["delivery"] for row in ledger.replies}
    undone = [deed for deed in deeds if deed.kind == "undo" and deed.told is Outcome.DONE]
    wrong = [f"{deed.to!r} is {states.get(deed.to)}" for deed in undone if states.get(deed.to) != "withdrawn"]
    books.none("replies that were undone and are not taken back", wrong)
    asked = {deed.to for deed in deeds if deed.kind == "undo"}
    gone = [text for text, state in states.items() if state == "withdrawn" and text not in asked]
    books.none("replies taken back that nobody undid", gone)


def _set_aside(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    """Conversations without a ticket: what was done to them is in their record."""
    recorded = {(str(row["stream_id"]), row["kind"]) for row in ledger.tables.records}
    done = [deed for deed in deeds if deed.kind == "light" and deed.told is Outcome.DONE]
    lost = [f"{deed.to} of {deed.ticket} by {deed.who}" for deed in done if (deed.ticket, deed.to) not in recorded]
    books.none("conversations snoozed, woken or resolved without a record", lost)


_RECORDED = {"status": ("status.changed", "status"), "priority": ("priority.changed", "priority")}
_RECORDED["assign"] = ("ticket.assigned", "assignee")


def _changed(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    """Changes leave records: each that was done brought the ticket there, and none was made more often than asked."""
    passed, made = _history(ledger)
    conversation_of = {str(row["id"]): str(row["conversation_id"]) for row in ledger.tables.tickets}
    wrong, done = [], 0
    for deed in deeds:
        if deed.kind not in (*_RECORDED, "claim"):
            continue
        who = ledger.tables.people[deed.who]
        _, name = _RECORDED.get(deed.kind, _RECORDED["assign"])
        to = who if deed.kind == "claim" else deed.to
        done += deed.told is Outcome.DONE
        there = to in passed[deed.ticket, name]
        if deed.kind == "claim" and not there and _was_over(passed[deed.ticket, "status"]):
            there = (
                to in passed[conversation_of[deed.ticket], name]
            )  # over before the click came, it does not become theirs
        if deed.told is Outcome.DONE and not there:
            wrong.append(f"{deed.kind} to {to} by {deed.who} on {deed.ticket} was done and left no record")
    asked = _asked_for(ledger, deeds)
    for key, times in made.items():
        if (
            key[0] in ("status.changed", "priority.changed")
            and key[1] in ledger.tables.people.values()
            and times > asked[key]
        ):
            wrong.append(f"{key} was made {times} times and asked for {asked[key]} times")
    books.compare("changes and claims that were done", done - len(wrong), done, wrong)


def _history(ledger: Ledger) -> tuple[Mapping[tuple[str, str], set[str]], Counter[tuple[str, str, str, str]]]:
    """The values that each field of each ticket had, and how often who made it so: (kind, who, ticket, value)."""
    passed: dict[tuple[str, str], set[str]] = defaultdict(set)
    made: Counter[tuple[str, str, str, str]] = Counter()
    for row in ledger.tables.records:
        if row["kind"].startswith("approval."):  # what was asked for has not happened by that
            continue
        for name, value in _values(row["after"]).items():
            passed[str(row["stream_id"]), name].add(str(value))
            if (row["kind"], name) in _RECORDED.values():
                made[row["kind"], str(row["actor_id"]), str(row["stream_id"]), str(value)] += 1
    return passed, made


def _asked_for(ledger: Ledger, deeds: Sequence[Deed]) -> Counter[tuple[str, str, str, str]]:
    """How often each change may have been made. What needs an approval goes on as who asked, once it is approved."""
    recorded = {kind: name for kind, (name, _) in _RECORDED.items()} | {"ask": _RECORDED["status"][0]}
    return Counter(
        (recorded[deed.kind], ledger.tables.people[deed.who], deed.ticket, deed.to)
        for deed in deeds
        if deed.kind in recorded and deed.told is not Outcome.REFUSED
    )


def _was_over(statuses: Iterable[str]) -> bool:
    return any(is_over(each) for each in statuses if each != _DISCARDED)


def _values(after: object) -> dict[str, object]:
    value = json.loads(after) if isinstance(after, str) else after
    return dict(value) if isinstance(value, Mapping) else {}


def _replies(books: Books, outbound: Sequence[Row], at_providers: Sent) -> None:
    """By place and text: what the playbook says it may say to somebody more than once."""
    sent = dict(at_providers)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in outbound:
        rows[row["address"], row["text"]].append(row)
    states = Counter(row["delivery"] for row in outbound)
    undecided = [f"{row['text']!r} is {row['delivery']}" for row in outbound if row["delivery"] not in _OVER]
    untrue, twice = [], []
    for (address, text), same in rows.items():
        copies = sent.pop((address, text), [])
        there = sum(each not in _REFUSED for each in copies)
        became = Counter(row["delivery"] for row in same)
        if len(copies) > len(same) - became["withdrawn"]:
            twice.append(f"{text!r} went to {address} {len(copies)} times")
        if became["delivered"] + became["read"] > there or sum(became[each] for each in _ARRIVED) > len(copies):
            untrue.append(f"{text!r} is {', '.join(became)}, and {', '.join(copies) or 'not there'}")
        if became["failed"] > len(same) - there:
            untrue.append(f"{text!r} is {', '.join(became)}, and {', '.join(copies)}")
    books.none("replies that are in no final state", undecided)
    books.none("replies that a customer got twice", twice)
    books.none("replies of which something untrue is said", untrue)
    books.none("messages sent that nobody wrote", [f"{body!r} to {to}" for to, body in sent])
    books.note("replies by state", ", ".join(f"{n} {state}" for state, n in sorted(states.items())))
