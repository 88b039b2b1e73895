"""One trained brain for the whole session, kept under var/ between runs, and one way to write a burst."""

from pathlib import Path

import pytest

from ai.offline import OfflineBrain

KEPT = Path(__file__).resolve().parents[2] / "var" / "models"


@pytest.fixture(scope="session")
def offline() -> OfflineBrain:
    return OfflineBrain.train(cache=KEPT)
