"""Internal comments: each once, and one that was written in a thread with its newest words, or gone."""

from collections import Counter
from collections.abc import Mapping, Sequence

from chaos.books.books import Books
from chaos.books.ledger import Ledger
from chaos.books.written import written
from chaos.office import Deed, Outcome

_QUESTION = "❓ "  # begins a question about an approval, which ends with what was asked


def balance_comments(books: Books, ledger: Ledger, deeds: Sequence[Deed]) -> None:
    there = Counter(_asked(row["text"]) for row in ledger.tables.comments if row["deleted_at"] is None)
    changed = [deed for deed in deeds if deed.changes]
    wrong = [words for deed in changed if (words := _wrong(deed, there))]
    books.compare("comments that were changed or deleted", len(changed) - len(wrong), len(changed), wrong)
    for deed in changed:
        for text in _texts(deed):
            there.pop(text, None)
    same = [deed for deed in deeds if not deed.changes]
    written(books, "comments", there, same, ("comment", "note", "stranger", "question", "word"))


def _asked(text: str) -> str:
    return text.rpartition("”: ")[2] if text.startswith(_QUESTION) else text


def _texts(deed: Deed) -> list[str]:
    return [deed.to, *(each.text for each in deed.changes if each.text is not None)]


def _wrong(deed: Deed, there: Mapping[str, int]) -> str:
    """In words; "" where nothing is."""
    found = [text for text in _texts(deed) for _ in range(there.get(text, 0))]
    possible = _possible(deed)
    if len(found) <= 1 and (found[0] if found else None) in possible:
        return ""
    return f"{deed.to!r} by {deed.who} on {deed.ticket} is there as {found}, not as one of {possible}"


def _possible(deed: Deed) -> list[str | None]:
    """What it may say now; None: nothing. The newest that was heard stands, or something newer that was not."""
    possible: list[str | None] = []
    for change in reversed(deed.changes):
        possible.append(change.text)
        if change.heard:
            return possible
    return [*possible, deed.to, *([None] if deed.told is not Outcome.DONE else [])]
