"""The offline brain as production has it, trained once for the whole suite and kept where production keeps it."""

import fcntl

from ai.offline import OfflineBrain
from app.settings import HOME

CACHE = HOME / "var" / "cache"


def trained_brain() -> OfflineBrain:
    """Training takes some seconds of one core: the first worker of a parallel run does it, the others wait and load."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return OfflineBrain.train(cache=CACHE)
