"""The offline brain: triage with linear models trained on the utterances in `examples/`, no key and no network.

Start with `brain.py`. To teach it, edit the text files in `examples/`; `training_set.py` tells their format.
"""

from ai.offline.brain import OfflineBrain
from ai.offline.training_set import Example, bundled

__all__ = ["Example", "OfflineBrain", "bundled"]
