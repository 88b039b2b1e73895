"""One trained brain for the whole session."""

import pytest

from ai.offline import OfflineBrain
from tests.trained import trained_brain


@pytest.fixture(scope="session")
def offline() -> OfflineBrain:
    return trained_brain()
