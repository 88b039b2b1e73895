"""Cuts a customer's messages into clauses and says how each goes on from the one before. Judges nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ai.offline.entities import order_numbers
from ai.offline.features import MOST_CHARACTERS
from ticketing.triage.suggestion import BurstMessage

_MOST_CLAUSES = 24  # of one burst; what follows stays with the last

_SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+|\n+")
_COORDINATOR = re.compile(
    r"\s*(?:,\s*|\s)(?=(?:and|also|plus|but|und|außerdem|y|además|et|aussi|e|também)\s)", re.IGNORECASE
)
_FILLER = r"(?:(?:hi|hello|hey|ok|oh|and|but|so|,)\s+)*"
_ADDS = re.compile(
    rf"^{_FILLER}(?:also|another|additionally|in addition|besides|secondly|second|plus|one more|by the way|btw|"
    r"on top of that|separately|apart from that|außerdem|zudem|además|también|aussi|également|também|além disso)\b",
    re.IGNORECASE,
)
_LINKS = re.compile(r"^(?:and|plus|und|y|et|e)\s", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:(?:and|also|plus|but|und|außerdem|y|además|et|aussi|e|também|so|ok|oh|well|hi|hello|hey|,)\b[\s,]*)+",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(r"^(?:it|its|it's|that|this|they|he|she|es|das|eso|cela|ça|isso)\b", re.IGNORECASE)
_OBJECT = re.compile(
    r"\b(?:the|my|our|another|mein|meine|meinen|die|der|das|el|la|mi|le|ma|mon|meu|minha)\s+([^\W\d_]{3,24})",
    re.IGNORECASE,
)
# "The full amount of my money": what is asked for, not what it is about.
_NO_OBJECTS = (
    "money refund full whole amount rest same best wrong new old first second third other last next payment price "
    "cost problem issue question way box geld dinero argent dinheiro time day week moment help status"
)
_NO_OBJECT = frozenset(_NO_OBJECTS.split())


class Joint(StrEnum):
    """How a clause goes on from the one before."""

    SENTENCE = "sentence"  # a sentence or message of its own
    LINKED = "linked"  # "… and where is order 2"
    ADDED = "added"  # "also …": the customer says themselves that it is something else


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message that may ask for something by itself."""

    text: str
    message_id: UUID
    joint: Joint

    @property
    def orders(self) -> frozenset[str]:
        return order_numbers(self.text)

    @property
    def objects(self) -> frozenset[str]:
        """What it is about in its own words: "refund the mug" is about "mug"."""
        named = {match[1].casefold() for match in _OBJECT.finditer(self.text)}
        return frozenset(named - _NO_OBJECT)

    @property
    def refers_back(self) -> bool:
        return _REFERS_BACK.match(bare(self.text)) is not None


def clauses_of(messages: Sequence[BurstMessage]) -> tuple[Clause, ...]:
    """Every clause in order. A coordinator makes a clause only if two words or more stand on both of its sides."""
    found: list[Clause] = []
    for message in messages:
        for text in _pieces(message.text[:MOST_CHARACTERS].replace("\x00", " ")):
            found.append(Clause(text, message.id, _joint(text)))
            if len(found) >= _MOST_CLAUSES:
                return tuple(found)
    return tuple(found)


def bare(text: str) -> str:
    """The clause without the words that only join it."""
    return _LEADING.sub("", text).strip()


def _pieces(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        pending = ""
        for part in _COORDINATOR.split(sentence):
            joined = f"{pending} {part}".strip() if pending else part.strip()
            if len(joined.split()) >= 2:
                if pending:
                    pending = ""
                yield joined
            else:
                pending = joined
        if pending:
            yield pending


def _joint(text: str) -> Joint:
    if _ADDS.match(text):
        return Joint.ADDED
    return Joint.LINKED if _LINKS.match(text) else Joint.SENTENCE
