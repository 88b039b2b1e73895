"""Names that stand in a text, of people, places, weekdays: pure, of Latin script, as sure as capital letters are.

In German all nouns have one: there, two such words beside each other count.
"""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from ticketing.resolution.said import MONTHS

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STARTS = re.compile(r"(?:^|[.!?:;…>–—\n(\"“„«»*•]|\s-)\W*$")
_GERMAN = re.compile(
    r"\b(?:und|ist|wir|für|nicht|eine[nmrs]?|dich|dir|dein[e]?|ihr[e]?[nmrs]?|ihnen|auf|zum|zur|oder|noch|den|dem|des|"
    r"das|haben|wird|werden|kommt|bei|ab|vom|dafür|übernimmt)\b",
    re.IGNORECASE,
)
_ENGLISH, _POLITE = ("i", "i'm", "i'll", "i'd", "i've"), ("sie", "ihr", "ihre", "ihren", "ihrem", "ihrer", "ihnen")
_NO_NAMES = frozenset(MONTHS).union(_ENGLISH, _POLITE)


def strangers(text: str, known: str) -> frozenset[str]:
    """Names that do not stand in what is known, in small letters."""
    words = [(match[0], match.start()) for match in _WORD.finditer(text)]
    there = {_bare(match[0]) for match in _WORD.finditer(known)}
    in_german = len(_GERMAN.findall(text)) >= 2
    return frozenset(_pairs(words, text, there) if in_german else _alone(words, text, there))


def _alone(words: list[tuple[str, int]], text: str, known: Collection[str]) -> Iterator[str]:
    return (_bare(word) for word, at in words if _is_name(word, known) and not _begins(text, at))


def _pairs(words: list[tuple[str, int]], text: str, known: Collection[str]) -> Iterator[str]:
    for (first, at), (second, place) in pairwise(words):
        beside = text[at + len(first) : place].isspace()
        if beside and _is_name(first, known) and _is_name(second, known) and not _begins(text, at):
            yield f"{_bare(first)} {_bare(second)}"


def _is_name(word: str, known: Collection[str]) -> bool:
    """EUR and the like are none."""
    if not word[0].isupper() or (word.isupper() and len(word) <= 3):
        return False
    return _bare(word) not in known and word.lower().replace("’", "'") not in _NO_NAMES


def _begins(text: str, at: int) -> bool:
    """Whether a sentence, a line or something in quotes begins here."""
    return at == 0 or _STARTS.search(text[max(0, at - 12) : at]) is not None


def _bare(word: str) -> str:
    return re.sub("['’]s?$", "", word).lower()
