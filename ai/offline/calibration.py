"""Makes scores into probabilities that mean something, and measures whether they do. Pure arithmetic on arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_TEMPERATURES = np.geomspace(0.2, 20.0, 120)
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers given with about the same confidence. Calibrated: `confidence` and `accuracy` are equal."""

    low: float
    high: float
    count: int
    confidence: float  # mean
    accuracy: float


def softmax(scores: Array) -> Array:
    """Along the last axis; safe for any finite scores."""
    raised: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: Array = raised / raised.sum(axis=-1, keepdims=True)
    return total


def sigmoid(score: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0))))


def logit(probability: Array) -> Array:
    clipped = np.clip(probability, _EDGE, 1.0 - _EDGE)
    result: Array = np.log(clipped / (1.0 - clipped))
    return result


def best_sharpness(scores: Array, labels: npt.NDArray[np.int64]) -> float:
    """The factor on the scores under which the labels are least surprising (temperature scaling, Guo et al. 2017)."""
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(scores * factor)[rows, labels] + _EDGE).mean() for factor in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def reliability(confidences: Array, correct: npt.NDArray[np.bool_], bins: int = 10) -> tuple[Bin, ...]:
    """Answers sorted by confidence into equal intervals; empty ones are left out."""
    found = []
    for step in range(bins):
        low, high = step / bins, (step + 1) / bins
        inside = (confidences >= low) & ((confidences < high) | (step == bins - 1))
        if inside.any():
            mean = float(confidences[inside].mean())
            found.append(Bin(low, high, int(inside.sum()), mean, float(correct[inside].mean())))
    return tuple(found)


def expected_calibration_error(found: tuple[Bin, ...]) -> float:
    """Mean distance of confidence and accuracy, weighed by how many answers each bin holds. 0 is perfect."""
    total = sum(each.count for each in found)
    return sum(each.count * abs(each.confidence - each.accuracy) for each in found) / total if total else 0.0
