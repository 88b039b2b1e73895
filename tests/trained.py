"""The offline brain as production has it, trained once for the whole suite and kept where production keeps it."""

from ai.offline import OfflineBrain
from app.settings import HOME

CACHE = HOME / "var" / "cache"


def trained_brain() -> OfflineBrain:
    """Training takes some seconds of one core: the first worker of a parallel run does it, the others wait and load."""
    return OfflineBrain.train(cache=CACHE)
