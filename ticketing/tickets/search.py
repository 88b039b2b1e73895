"""What people type to find tickets, and what a hit shows of itself. Values only; `storage/lists` looks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ticketing.tickets.listing import PAGE, TicketLine

MOST_CHARACTERS, MOST_TERMS = 200, 8  # of a question; what is more is not looked for
SHORTEST_BEGINNING = 3  # characters that "par*" must have before the asterisk: shorter ones begin half of all words
SNIPPET = 160  # characters

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_NUMBER = re.compile(r"#?([0-9]{1,9})")


class Manner(StrEnum):
    PHRASE = "phrase"  # one word, or several in a row
    BEGINNING = "beginning"


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must be found in one and the same text. `number`: the ticket that may be meant."""

    terms: tuple[Term, ...]
    number: int | None = None


def read_query(said: str) -> Query:
    """Words, "words in a row" and beginnings* of words. Whatever is typed is a question; the strangest has no terms.

    Upper and lower case are the same; accents are not. Punctuation only separates: "ORD-78932" is two words in a row.
    """
    said = "".join(" " if ord(each) < 32 or 0xD800 <= ord(each) <= 0xDFFF else each for each in said[:MOST_CHARACTERS])
    terms = []
    for quoted, word in _TERM.findall(said):
        text = quoted or word
        if not any(each.isalnum() for each in text):
            continue
        begun = word.endswith("*") and sum(each.isalnum() for each in word) >= SHORTEST_BEGINNING
        terms.append(Term(text, Manner.BEGINNING if begun else Manner.PHRASE))
    number = _NUMBER.fullmatch(said.strip())
    return Query(tuple(terms[:MOST_TERMS]), int(number[1]) if number else None)


class Where(StrEnum):
    """Where the words stand."""

    NUMBER = "number"  # they are the ticket's number
    TICKET = "ticket"  # its subject
    MESSAGE = "message"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket, and the newest of its texts that has the words."""

    ticket: TicketLine
    where: Where
    at: datetime
    snippet: str


class TicketSearch(Protocol):
    async def search(self, said: str, *, most: int = PAGE) -> Sequence[Found]:
        """The ticket whose number was typed, then those found by their words, the newest texts first.

        Never raises for what was typed.
        """
        ...


def snippet(text: str, query: Query) -> str:
    """The part of a text where the first of the terms stands, on one line."""
    line = " ".join(text.split())
    if len(line) <= SNIPPET:
        return line
    lowered, at = line.lower(), len(line)
    for term in query.terms:
        words = re.findall(r"\w+", term.text.lower())
        found = lowered.find(words[0]) if words else -1
        at = min(at, found) if found >= 0 else at
    if at == len(line):
        at = 0
    start = max(0, min(at - SNIPPET // 3, len(line) - SNIPPET))
    start = line.rfind(" ", 0, start) + 1 if start else 0
    cut = line[start : start + SNIPPET]
    return f"{'…' if start else ''}{cut}{'…' if start + SNIPPET < len(line) else ''}"
