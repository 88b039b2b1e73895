"""Files that customers sent: each is kept once, byte for byte, with the message it came with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256

from chaos.books.books import Books
from chaos.books.ledger import Ledger
from chaos.town import Town

_Kept = tuple[str, str, str | None]  # address, text of its message, hash


def balance_files(books: Books, ledger: Ledger, towns: Sequence[Town]) -> None:
    filed = {(row["address"], row["text"]) for row in ledger.inbound}
    should = Counter(each for each in _sent(towns) if each[:2] in filed)
    of = {row["id"]: row for row in ledger.inbound}
    found: Counter[_Kept] = Counter()
    undone = []
    for row in ledger.tables.files:
        message = of[row["message_id"]]
        found[message["address"], message["text"], row["sha256"]] += 1
        if row["state"] != "stored":
            undone.append(f"a file of {message['address']} is {row['state']}: {row['why']}")
    wrong = [f"{address} sent a file with {text!r:.60}: it is not there" for address, text, _ in should - found]
    wrong += [f"{address} has a file with {text!r:.60} that they did not send" for address, text, _ in found - should]
    books.compare("files kept", found.total(), should.total(), wrong)
    books.none("files that are not stored", undone)


def _sent(towns: Sequence[Town]) -> Iterator[_Kept]:
    for town in towns:
        for citizen, told in town.written():
            if told.photo is not None:
                yield citizen.address, told.text, sha256(told.photo).hexdigest()
