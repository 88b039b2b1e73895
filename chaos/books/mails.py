"""What is particular to mails: each stands in its thread, what mailboxes answer by themselves starts nothing, and no
machine of ours answers it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from chaos.books.books import Books
from chaos.books.ledger import Ledger
from chaos.town import Channel, Town

MOST_AUTOMATIC = 5  # mails of ours that no person wrote, to one address in a day


def balance_mails(
    books: Books,
    ledger: Ledger,
    towns: Sequence[Town],
    *,
    automatic: Sequence[tuple[str, str]],
    refused: Sequence[str] = (),
    undelivered: Sequence[tuple[str, str]] = (),
) -> None:
    """`automatic`: what mailboxes have answered by themselves, as (address, text). `refused`: what the desk said no to.
    `undelivered`: what was never brought, to whom and why.
    """
    _threads(books, ledger, towns)
    _automatic(books, ledger, automatic)
    books.none("mails that the desk refused", refused)
    books.none("mails that were never brought", [f"to {to}: {why}" for to, why in undelivered])
    ours = Counter(row["address"] for row in ledger.outbound if row["author_id"] is None and row["channel"] == "email")
    many = [f"{address} got {n}" for address, n in ours.items() if n > MOST_AUTOMATIC]
    books.none("addresses with more automatic mails than one may get", many)


def _threads(books: Books, ledger: Ledger, towns: Sequence[Town]) -> None:
    """Mails of one thread are in one conversation, and no two threads share one."""
    where = {(row["address"], row["text"]): row["conversation_id"] for row in ledger.written}
    found: dict[object, set[tuple[str, int]]] = defaultdict(set)
    places: dict[tuple[str, int], set[object]] = defaultdict(set)
    for town in towns:
        for citizen, told in town.written():
            here = where.get((citizen.address, told.text))
            if citizen.channel is Channel.EMAIL and here is not None:
                found[here].add((citizen.address, told.thread))
                places[citizen.address, told.thread].add(here)
    wrong = [f"{thread} is in {len(several)} conversations" for thread, several in places.items() if len(several) > 1]
    wrong += [f"{sorted(threads)} are in one conversation" for threads in found.values() if len(threads) > 1]
    books.compare("threads of mails, each in a conversation of its own", len(found), len(places), wrong)


def _automatic(books: Books, ledger: Ledger, sent: Sequence[tuple[str, str]]) -> None:
    """What a mailbox wrote by itself is kept once, understood by nobody, and alone makes no ticket."""
    rows = [row for row in ledger.inbound if row["automatic"]]
    filed = Counter((row["address"], row["text"]) for row in rows)
    should = Counter(each for each in sent if each[0] not in ledger.blocked or each in filed)
    wrong = [f"{address} answered {text!r} by itself: it is not there" for address, text in should - filed]
    wrong += [f"{address}: {text!r} is there, and was not written" for address, text in filed - should]
    wrong += [f"{row['text']!r} was taken for a person's" for row in rows if row["id"] in ledger.tables.triaged]
    books.compare("answers of mailboxes by themselves", filed.total(), should.total(), wrong)
    people = {row["id"] for row in ledger.written}
    alone = [
        f"#{ticket['number']}"
        for ticket in ledger.tables.tickets
        if ticket["reporter"] == "ai"
        and (here := ledger.inbound_of.get(ticket["id"]))
        and not any(row["id"] in people for row in here)
    ]
    books.none("tickets of nothing but automatic mails", alone)
