"""Learns a Model from examples with scikit-learn. Runs once; what it finds is kept by `cache.py`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from ai.offline.calibration import Array, best_sharpness, logit, softmax
from ai.offline.features import signs
from ai.offline.intents import INTENTS, WORTHY
from ai.offline.model import COLUMNS, SENTIMENTS, Calibration, Model
from ai.offline.training_set import Example
from ai.offline.vocabulary import Row, Vocabulary

# Chosen by cross-validation over the lines of the bundled set.
_WORTHY_C = 5.0
_INTENT_C = 0.6
_SENTIMENT_C = 1.0
_HELD_BACK_EVERY = 4  # every fourth line, with its variants, tells how sure to be
_WORTHY_COLUMNS = np.asarray([name in WORTHY for name in INTENTS])
_INTENT_END = 1 + len(INTENTS)
_NEVER = -2.0  # the score of a label without any example


def learn(examples: Sequence[Example]) -> Model:
    """Fit all heads on the examples. Raises ValueError unless some are ticket-worthy, some not, in enough lines."""
    groups = np.asarray([example.group for example in examples])
    held_back = groups % _HELD_BACK_EVERY == 0
    labels = _Labels(examples)
    if not labels.enough(held_back) or not labels.enough(~held_back):
        raise ValueError("too few examples: each half needs ticket-worthy and other ones, and two sentiments")
    texts = [signs(example.text) for example in examples]
    vocabulary = Vocabulary.of(texts)
    matrix = _matrix([vocabulary.row(text) for text in texts], len(vocabulary))
    trial_weights, trial_offsets = _fit(matrix[~held_back], labels.only(~held_back))
    scores = np.asarray(matrix[held_back] @ trial_weights + trial_offsets, dtype=np.float64)
    calibration = _calibrate(scores, labels.only(held_back))
    weights, offsets = _fit(matrix, labels)
    return Model(vocabulary, weights.astype(np.float32), offsets.astype(np.float32), calibration)


class _Labels:
    """The answers, as numbers."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.worthy = np.asarray([example.ticket_worthy for example in examples], dtype=np.int64)
        self.intents = np.asarray([INTENTS.index(example.intent) for example in examples], dtype=np.int64)
        self.sentiments = np.asarray([SENTIMENTS.index(example.sentiment) for example in examples], dtype=np.int64)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "_Labels":
        part = _Labels([])
        part.worthy, part.intents = self.worthy[chosen], self.intents[chosen]
        part.sentiments = self.sentiments[chosen]
        return part

    def enough(self, chosen: npt.NDArray[np.bool_]) -> bool:
        part = self.only(chosen)
        return min(len(set(labels.tolist())) for labels in (part.worthy, part.intents, part.sentiments)) > 1


def _fit(matrix: Any, labels: _Labels) -> tuple[Array, Array]:
    """Weights (features x columns) and offsets of all heads."""
    weights = np.zeros((matrix.shape[1], COLUMNS))
    offsets = np.full(COLUMNS, _NEVER)
    worthy = LogisticRegression(C=_WORTHY_C, solver="liblinear", tol=1e-2, random_state=0).fit(matrix, labels.worthy)
    weights[:, 0], offsets[0] = worthy.coef_[0], worthy.intercept_[0]
    heads = (
        (1, labels.intents, LinearSVC(C=_INTENT_C, tol=3e-2, random_state=0)),
        # Most messages are neutral; balanced, the heads still hear the few that are not.
        (_INTENT_END, labels.sentiments, LinearSVC(C=_SENTIMENT_C, class_weight="balanced", tol=3e-2, random_state=0)),
    )
    for start, found, head in heads:
        head.fit(matrix, found)
        coefficients, intercepts = _each_class(head)
        weights[:, start + head.classes_] = coefficients.T
        offsets[start + head.classes_] = intercepts
    return weights, offsets


def _each_class(head: LinearSVC) -> tuple[Array, Array]:
    """One row a class. With two classes scikit-learn gives one row for both."""
    if len(head.classes_) > 2:
        return head.coef_, head.intercept_
    return np.vstack((-head.coef_, head.coef_)), np.concatenate((-head.intercept_, head.intercept_))


def _calibrate(scores: Array, labels: _Labels) -> Calibration:
    intent_sharpness = best_sharpness(scores[:, 1:_INTENT_END], labels.intents)
    sentiment_sharpness = best_sharpness(scores[:, _INTENT_END:], labels.sentiments)
    by_intents = softmax(scores[:, 1:_INTENT_END] * intent_sharpness)[:, _WORTHY_COLUMNS].sum(axis=1)
    both = np.column_stack((scores[:, 0], logit(by_intents)))
    fitted = LogisticRegression(C=10.0).fit(both, labels.worthy)
    own, intents = (max(float(weight), 0.0) for weight in fitted.coef_[0])
    return Calibration(intent_sharpness, sentiment_sharpness, own, intents, float(fitted.intercept_[0]))


def _matrix(rows: Sequence[Row], width: int) -> Any:
    lengths = np.cumsum([0, *(len(row.indices) for row in rows)])
    values = np.concatenate([row.values for row in rows])
    indices = np.concatenate([row.indices for row in rows])
    return csr_matrix((values, indices, lengths), shape=(len(rows), width))
