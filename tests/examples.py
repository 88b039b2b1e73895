"""How many examples a property test tries: all of them in `make test-long`, a quarter in `make test`."""

import os
from collections.abc import Collection

from hypothesis import HealthCheck, settings

LONG = os.environ.get("EXAMPLES") == "all"


def tried(most: int, *, suppress_health_check: Collection[HealthCheck] = (), **further: object) -> settings:
    """Settings for a property: `most` examples in the long run, and no deadline, for a busy machine is no failure."""
    return settings(
        deadline=None,
        max_examples=most if LONG else max(most // 4, 5),
        suppress_health_check=[HealthCheck.too_slow, *suppress_health_check],
        **further,  # type: ignore[arg-type]
    )
