"""Words that only one deed wrote: done is there once, refused is not there, and of the rest once at most."""

from collections.abc import Mapping, Sequence

from chaos.books.books import Books
from chaos.office import Deed, Outcome


def written(books: Books, what: str, found: Mapping[str, int], deeds: Sequence[Deed], kinds: Sequence[str]) -> None:
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
