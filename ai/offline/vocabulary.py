"""From named features to numbers: which n-grams count, how much, and at which index. Built from the training texts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from ai.offline.features import Signs

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

_LEAST_TEXTS = 2  # an n-gram of one text only is learnt by heart, not understood
_MARK_WEIGHT = 0.3
_CHARACTER_WEIGHT = 0.8
_CONCEPT_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A text as a sparse vector."""

    indices: Integers
    values: Floats


class Vocabulary:
    """Feature names with their weights; a prefix tells words, concepts, characters and marks apart."""

    def __init__(self, names: Sequence[str], weights: Floats) -> None:
        self.names = tuple(names)
        self.weights = weights
        self._places = {name: (index, float(weights[index])) for index, name in enumerate(self.names)}

    @classmethod
    def of(cls, texts: Sequence[Signs]) -> "Vocabulary":
        """The features that at least two texts share, weighed by how rare they are."""
        seen = Counter(chain.from_iterable(_named(text) for text in texts))
        names = sorted(name for name, times in seen.items() if times >= _LEAST_TEXTS)
        total = len(texts)
        weights = [_MARK_WEIGHT if name[0] == "m" else log((1 + total) / (1 + seen[name])) + 1 for name in names]
        return cls(names, np.asarray(weights, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.names)

    def row(self, text: Signs) -> Row:
        """One text in numbers. Words have length 1 together, and so do characters."""
        word_places = self._known("w", text.words)
        concept_places = self._known("k", text.concepts)
        character_places = self._known("c", text.characters)
        mark_places = self._known("m", text.marks)
        places = [*word_places, *concept_places, *character_places, *mark_places]
        values = [
            *_scaled(word_places, 1.0),
            *_scaled(concept_places, _CONCEPT_WEIGHT),
            *_scaled(character_places, _CHARACTER_WEIGHT),
            *(weight for _, weight in mark_places),
        ]
        indices = np.fromiter((index for index, _ in places), dtype=np.int32, count=len(places))
        return Row(indices, np.asarray(values, dtype=np.float32))

    def _known(self, prefix: str, names: Iterable[str]) -> list[tuple[int, float]]:
        places = self._places
        return [place for name in names if (place := places.get(prefix + name)) is not None]


def _named(text: Signs) -> Iterable[str]:
    yield from (f"w{name}" for name in text.words)
    yield from (f"k{name}" for name in text.concepts)
    yield from (f"c{name}" for name in text.characters)
    yield from (f"m{name}" for name in text.marks)


def _scaled(places: list[tuple[int, float]], length: float) -> list[float]:
    norm = sqrt(sum(weight * weight for _, weight in places))
    return [weight * length / norm for _, weight in places] if norm else []
