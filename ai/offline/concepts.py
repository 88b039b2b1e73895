"""Concepts: words that mean about the same, from `examples/concepts.txt`. A lookup, learnt by nobody.

A word belongs to a concept by itself, by its beginning ("refund*") or together with the next ("sign_up").
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

_FILE = Path(__file__).parent / "examples" / "concepts.txt"
_MOST_PAIRED = 8  # concepts of one text that are also paired: 28 pairs at most


def concepts_of(tokens: list[str]) -> tuple[str, ...]:
    """The concepts of a tokenized text, and each pair of them: "refund", "refund+where"."""
    lexicon = _lexicon()
    found = set(lexicon.of_words(tokens))
    for first, second in pairwise(tokens):
        found.update(lexicon.pairs.get((first, second), ()))
    singles = sorted(found)
    pairs = (f"{a}+{b}" for a, b in combinations(singles[:_MOST_PAIRED], 2))
    return (*singles, *pairs)


class _Lexicon:
    def __init__(self, lines: Iterable[str]) -> None:
        self.words: dict[str, list[str]] = {}
        self.beginnings: dict[str, list[str]] = {}
        self.pairs: dict[tuple[str, str], list[str]] = {}
        for line in lines:
            name, words = line.split(":", 1)
            for word in words.split():
                self._add(name.strip(), word)
        self._lengths = sorted({len(beginning) for beginning in self.beginnings})

    def of_words(self, tokens: list[str]) -> Iterator[str]:
        for token in tokens:
            yield from self._of_word(token)

    def _add(self, concept: str, word: str) -> None:
        if word.endswith("*"):
            self.beginnings.setdefault(word[:-1], []).append(concept)
        elif "_" in word:
            first, second = word.split("_", 1)
            self.pairs.setdefault((first, second), []).append(concept)
        else:
            self.words.setdefault(word, []).append(concept)

    def _of_word(self, token: str) -> Iterator[str]:
        yield from self.words.get(token, ())
        for length in self._lengths:
            if length > len(token):
                return
            yield from self.beginnings.get(token[:length], ())


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return _Lexicon(line for line in lines if line.strip() and not line.startswith("#"))
