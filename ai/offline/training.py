"""A model for a set of examples: learnt, or as an earlier start left it."""

from collections.abc import Sequence
from pathlib import Path

from ai.offline.cache import alone, keep, load
from ai.offline.model import Model
from ai.offline.training_set import Example


def model_of(examples: Sequence[Example], version: str, cache: Path | None) -> Model:
    """Learnt once for all processes that share `cache`. Raises ValueError on too few examples."""
    if cache is None:
        return _learnt(examples)
    return load(cache, version) or _learnt_once(examples, cache, version)


def _learnt(examples: Sequence[Example]) -> Model:
    from ai.offline.learning import learn  # loads scikit-learn, which a stored model does without

    return learn(examples)


def _learnt_once(examples: Sequence[Example], cache: Path, version: str) -> Model:
    with alone(cache):
        model = load(cache, version)  # somebody else may have learnt it meanwhile
        if model is None:
            model = _learnt(examples)
            keep(cache, version, model)
        return model
