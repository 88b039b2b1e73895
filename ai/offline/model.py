"""The learnt numbers and how they judge a text: one sparse row, one product, three calibrated answers.

Needs numpy only, so a process that finds a stored model never loads scikit-learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ai.offline.calibration import logit, sigmoid, softmax
from ai.offline.features import signs
from ai.offline.intents import INTENTS, WORTHY
from ai.offline.vocabulary import Floats, Vocabulary
from ticketing.triage.suggestion import Sentiment

SENTIMENTS = tuple(Sentiment)
COLUMNS = 1 + len(INTENTS) + len(SENTIMENTS)
_WORTHY_COLUMNS = np.asarray([name in WORTHY for name in INTENTS])
_INTENT_END = 1 + len(INTENTS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model holds of one text. Probabilities are calibrated on texts it had not seen."""

    worthy: float
    intents: Mapping[str, float]  # every intent
    sentiments: Mapping[Sentiment, float]

    def best(self, *, worthy: bool) -> tuple[str, float]:
        """The likeliest intent that asks for something, or that does not; and how likely it is among its kind."""
        mine = {name: value for name, value in self.intents.items() if (name in WORTHY) == worthy}
        name = max(mine, key=mine.__getitem__)
        return name, mine[name] / max(sum(mine.values()), 1e-9)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Factors found on held-back texts."""

    intent_sharpness: float
    sentiment_sharpness: float
    worthy_own: float  # weight of the head that answers only "ticket-worthy?"
    worthy_intents: float  # weight of what the intents say about it
    worthy_offset: float

    def numbers(self) -> tuple[float, ...]:
        return (
            self.intent_sharpness,
            self.sentiment_sharpness,
            self.worthy_own,
            self.worthy_intents,
            self.worthy_offset,
        )


class Model:
    """Weights of every head side by side: column 0 ticket-worthy, then the intents, then the sentiments."""

    def __init__(self, vocabulary: Vocabulary, weights: Floats, offsets: Floats, calibration: Calibration) -> None:
        if weights.shape != (len(vocabulary), COLUMNS) or offsets.shape != (COLUMNS,):
            raise ValueError("weights do not fit the vocabulary and the intents")
        self.vocabulary = vocabulary
        self.weights = weights
        self.offsets = offsets
        self.calibration = calibration

    def judge(self, text: str) -> Judgement:
        """Judge one text. Never raises."""
        row = self.vocabulary.row(signs(text))
        scores = (row.values @ self.weights[row.indices] + self.offsets).astype(np.float64)
        intents = softmax(scores[1:_INTENT_END] * self.calibration.intent_sharpness)
        sentiments = softmax(scores[_INTENT_END:] * self.calibration.sentiment_sharpness)
        worthy = self._worthy(float(scores[0]), float(intents[_WORTHY_COLUMNS].sum()))
        return Judgement(
            worthy,
            dict(zip(INTENTS, intents.tolist(), strict=True)),
            dict(zip(SENTIMENTS, sentiments.tolist(), strict=True)),
        )

    def _worthy(self, own: float, by_intents: float) -> float:
        found = self.calibration
        from_intents = float(logit(np.asarray(by_intents)))
        return sigmoid(found.worthy_own * own + found.worthy_intents * from_intents + found.worthy_offset)
