"""What the linear models see of a text: word and character n-grams, shapes of numbers and codes, VADER, a few signs.

Linear in the text, which is cut to `MOST_CHARACTERS`. Nothing here has learnt anything; `vocabulary.py` weighs it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from ai.offline.concepts import concepts_of

MOST_CHARACTERS = 8_000  # a longer text is read up to here
_MOST_FOR_VADER = 600  # its search for "but" is quadratic, so it reads the start and the end of a long text
_CHARACTER_GRAMS = (3, 4)
_LONGEST_WORD = 24  # character n-grams of a longer "word" (a key, a hash) say nothing

_APOSTROPHES = re.compile(r"['’`´]")
_ADDRESS = re.compile(r"\S{1,64}@\S{1,64}")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_SHOUTED = re.compile(r"\b[A-Z]{3,}\b")
_TOKEN = re.compile(r"<[a-z]+>|\w+|[?]|[^\w\s.,;:!\"()\[\]{}<>/\\|=+*#&%~^-]")
_MONEY = re.compile(r"[$€£¥₹]")


@dataclass(frozen=True, slots=True)
class Signs:
    """The features of one text, by name. Words and characters are weighed and scaled apart."""

    words: tuple[str, ...]
    concepts: tuple[str, ...]
    characters: tuple[str, ...]
    marks: tuple[str, ...]
    length: int  # in tokens


def signs(text: str) -> Signs:
    """The features of a text. Never raises; an empty text has only marks."""
    text = text[:MOST_CHARACTERS]
    tokens = tokenize(text)
    marks = (*_marks(text, tokens), *_mood(text))
    return Signs(_word_grams(tokens), concepts_of(tokens), _character_grams(tokens), marks, len(tokens))


def tokenize(text: str) -> list[str]:
    """Lower-case words without apostrophes; numbers, codes, addresses and links as their shape."""
    plain = unicodedata.normalize("NFKC", text).replace("\x00", " ")
    plain = _LINK.sub(" <link> ", _ADDRESS.sub(" <address> ", plain))
    plain = _APOSTROPHES.sub("", plain.casefold())
    return [_shape(token) for token in _TOKEN.findall(plain)]


def _shape(token: str) -> str:
    if token.isdigit():
        return f"<{min(len(token), 6)}d>"
    if token[0] != "<" and any(character.isdigit() for character in token):
        return "<code>"
    return token


def _word_grams(tokens: list[str]) -> tuple[str, ...]:
    framed = ["^", *tokens, "$"]
    pairs = (f"{first} {second}" for first, second in pairwise(framed))
    triples = (f"{a} {b} {c}" for a, b, c in zip(framed, framed[1:], framed[2:], strict=False))
    return tuple({*tokens, *pairs, *triples})


def _character_grams(tokens: list[str]) -> tuple[str, ...]:
    grams: set[str] = set()
    for token in set(tokens):
        if token[0] == "<":
            continue
        grams.update(_grams_of(token[:_LONGEST_WORD]))
    return tuple(grams)


@lru_cache(maxsize=20_000)
def _grams_of(word: str) -> tuple[str, ...]:
    framed = f" {word} "
    return tuple(framed[i : i + size] for size in _CHARACTER_GRAMS for i in range(len(framed) - size + 1))


def _marks(text: str, tokens: list[str]) -> tuple[str, ...]:
    words = [word for word in tokens if word != "?"]
    numbers = sum(word[0] == "<" for word in words)
    found = [f"length {_step(len(words), (0, 1, 2, 3, 5, 8, 12, 20, 40, 80))}"]
    found.append(f"numbers {_step(numbers, (0, 1, 2, 4))}")
    if words and numbers * 2 >= len(words):
        found.append("mostly numbers")
    if "!" in text:
        found.append(f"exclamations {min(text.count('!'), 3)}")
    if "?" in text:
        found.append("question")
    if _MONEY.search(text):
        found.append("money")
    if "\n" in text.strip():
        found.append("lines")
    shouted = sum(len(match) for match in _SHOUTED.findall(text))
    if shouted:
        found.append("shouted all" if shouted * 2 > len(text) else "shouted some")
    return tuple(found)


def _mood(text: str) -> tuple[str, ...]:
    if len(text) > _MOST_FOR_VADER:
        text = f"{text[: _MOST_FOR_VADER // 2]} {text[-_MOST_FOR_VADER // 2 :]}"
    scores = _vader().polarity_scores(text)
    compound = _step(scores["compound"], (-0.8, -0.6, -0.4, -0.2, -0.05, 0.05, 0.2, 0.4, 0.6, 0.8))
    negative = _step(scores["neg"], (0.0, 0.15, 0.3, 0.5))
    positive = _step(scores["pos"], (0.0, 0.15, 0.3, 0.5))
    return (f"mood {compound}", f"negative {negative}", f"positive {positive}")


@lru_cache(maxsize=1)
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def _step(value: float, bounds: tuple[float, ...]) -> int:
    """How many of the bounds the value is above."""
    return sum(value > bound for bound in bounds)
