"""What customers wrote: accepted is filed, once; understood, once; and makes the tickets it must make."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import parse_qsl

from chaos.books.books import Books
from chaos.books.ledger import Ledger, Row
from chaos.town import Citizen, Town

_SETTLED = ("filed", "ignored")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def balance_customers(books: Books, ledger: Ledger, towns: Sequence[Town], kept: Mapping[str, str] = _NOTHING) -> None:
    """`kept`: what Twilio has of each message, by its sid, in words."""
    _messages(books, ledger, towns, kept)
    _tickets(books, ledger, [citizen for town in towns for citizen in town.citizens])


def _messages(books: Books, ledger: Ledger, towns: Sequence[Town], kept: Mapping[str, str]) -> None:
    filed = Counter((row["address"], row["text"].replace("\x00", "")) for row in ledger.written)
    wrong, unsure, accepted, unread = [], 0, 0, 0
    for town in towns:
        for citizen, told in town.written():
            times = filed.pop((citizen.address, told.text), 0)
            accepted += told.acknowledged_at is not None
            unsure += told.acknowledged_at is None and times == 1
            if times == 0 and told.acknowledged_at is not None and citizen.address in ledger.blocked:
                unread += 1
            elif times > 1 or (times == 0 and told.acknowledged_at is not None):
                words = f"{citizen.name} ({citizen.kind}) wrote {told.text!r:.80}"
                wrong.append(f"{words}: filed {times} times, {'' if told.acknowledged_at else 'not '}acknowledged")
    wrong += [f"{address}: {text!r:.80} is filed, and nobody wrote it" for address, text in filed]
    books.compare("messages filed", len(ledger.written), accepted + unsure - unread, wrong)
    stopped = ledger.tables.outcomes.get("blocked", 0)
    lost = [f"{unread} messages of blocked senders, and {stopped} events"] if unread > stopped else []
    books.none("messages of blocked senders without an event that says so", lost)
    books.note("… of them never acknowledged", unsure)
    understood = [ledger.tables.triaged.get(row["id"], 0) for row in ledger.written]
    books.compare("messages understood once", sum(each == 1 for each in understood), len(ledger.written))
    books.none("messages not marked understood", [row["text"] for row in ledger.written if not row["triaged"]])
    odd = {name: n for name, n in ledger.tables.outcomes.items() if name not in _SETTLED}
    if ledger.blocked:
        odd.pop("blocked", None)
    rows = [row for row in ledger.tables.odd_events if row["outcome"] in odd]
    details = [each for row in rows for each in _told_about(row, ledger, kept)]
    books.none("provider events not settled as filed", [f"{n} {name}" for name, n in odd.items()] + details)
    _conversations(books, ledger, towns)


def _conversations(books: Books, ledger: Ledger, towns: Sequence[Town]) -> None:
    """One with each customer; by mail, one for each thread."""
    held = {(row["address"], row["text"]) for row in ledger.written}
    threads = {
        (citizen.address, told.thread)
        for town in towns
        for citizen, told in town.written()
        if (citizen.address, told.text.replace("\x00", "")) in held
    }
    heard = {row["address"] for row in ledger.written}
    should, per_address = (
        Counter(address for address, _ in threads),
        Counter(row["address"] for row in ledger.tables.conversations),
    )
    wrong = [
        f"{address}: {n} conversations, not {should[address]}"
        for address, n in per_address.items()
        if n != should[address]
    ]
    books.compare("conversations", per_address.total(), len(threads), wrong)
    books.compare("customers", ledger.tables.customers, len(heard))


def _told_about(row: Row, ledger: Ledger, kept: Mapping[str, str]) -> list[str]:
    """An odd event: what it says, what Twilio has of its message, and what the desk has sent to the same place."""
    body = bytes(row["body"]).decode("utf-8", "replace")
    form = dict(parse_qsl(body))
    sid, to = form.get("MessageSid", ""), form.get("To", "").removeprefix("whatsapp:")
    said = f"{row['outcome']} event {row['key']!r} at {row['url']!r}: {form.get('MessageStatus') or body:.300}"
    own = [
        f"{each['id']} {each['delivery']} {each['key']} {each['text']!r:.60}"
        for each in ledger.outbound
        if to and each["address"] == to
    ]
    return [said, f"  Twilio has {kept.get(sid, 'no such message')}", *(f"  the desk has {each}" for each in own)]


def _tickets(books: Books, ledger: Ledger, citizens: Sequence[Citizen]) -> None:
    texts = Counter(row["text"] for row in ledger.inbound)
    filed = frozenset(texts)
    should = found = 0
    wrong = []
    for citizen in citizens:
        threads = citizen.threads(filed)
        opened = [row for row in ledger.tickets_of.get(citizen.address, []) if row["reporter"] == "ai"]
        loose = {told.text for told in citizen.written() if told.ticket is None}
        shown = []
        for ticket in opened:
            here = [row for row in ledger.inbound_of.get(ticket["id"], []) if not row.get("automatic")]
            rows = [row for row in here if row["text"] not in loose]
            shown.append(sorted(row["text"] for row in rows))
        should, found = should + len(threads), found + len(opened)
        if sorted(shown) != threads:
            wrong.append(f"{citizen.name} ({citizen.kind}): threads {sorted(shown)}, not {threads}")
    books.compare("tickets that messages made", found, should, wrong)
